package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.wire.RaftForwardGrpc;
import io.gemel.consistency.wire.ReadIndexRequest;
import io.gemel.consistency.wire.ReadIndexResponse;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RaftForwardingTest {
    /** A node hears that it leads, or that it ceased to, a little before or after JRaft acts on it. */
    @Test
    void aNodeForwardsNothingToItselfNorToAStranger() {
        Members members = new Members(
                "s1", List.of(new Member("s1", "127.0.0.1", 1, 1, 1), new Member("s2", "127.0.0.1", 1, 1, 1)));
        try (PeerChannels channels = new PeerChannels(members)) {
            RaftForwarding forwarding = new RaftForwarding("test", members, channels);

            assertThat(forwarding.reaches("s1")).isFalse();
            assertThat(forwarding.reaches("s9")).isFalse();
        }
    }

    @Test
    void whoIsNotAMemberOfThisClusterIsToldNothing() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Members members = new Members("s1", List.of(new Member("s1", "127.0.0.1", 1, 1, 1)));
        try (PeerChannels channels = new PeerChannels(members)) {
            Server server = server(new RaftForwarding("test", members, channels), asked);
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                    .usePlaintext()
                    .build();
            try {
                assertThat(readIndex(channel, "test", "s1").getConfirmed().getCommitted())
                        .isEqualTo(9);
                assertThatThrownBy(() -> readIndex(channel, "other", "s1"))
                        .hasMessageContaining("PERMISSION_DENIED: node s1 of cluster other is not a member");
                assertThatThrownBy(() -> readIndex(channel, "test", "s9"))
                        .hasMessageContaining("PERMISSION_DENIED: node s9 of cluster test is not a member");
                assertThat(asked).hasValue(1);
            } finally {
                channel.shutdownNow();
                server.shutdownNow();
            }
        }
    }

    /** One that says nothing that this version understands must not be taken for one at the begin of the log. */
    @Test
    void anAnswerWithoutAnOutcomeConfirmsNothing() throws Exception {
        Server server = server(new RaftForwardGrpc.RaftForwardImplBase() {
            @Override
            public void readIndex(ReadIndexRequest request, StreamObserver<ReadIndexResponse> answer) {
                answer.onNext(ReadIndexResponse.getDefaultInstance());
                answer.onCompleted();
            }
        });
        Members members = new Members(
                "s1",
                List.of(new Member("s1", "127.0.0.1", 1, 1, 1), new Member("s2", "127.0.0.1", 1, server.getPort(), 1)));
        try (PeerChannels channels = new PeerChannels(members)) {
            Call<Confirmed> question = new Call<>(0, RegistryException.Code.NO_LEADER, "late");
            new RaftForwarding("test", members, channels).readIndex("s2", question);
            assertThat(question.future())
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withMessageContaining("the leader s2 gave an answer of a newer version");
        } finally {
            server.shutdownNow();
        }
    }

    private static Server server(RaftForwarding forwarding, AtomicInteger asked) throws IOException {
        return server(forwarding.service(
                command -> CompletableFuture.failedFuture(new AssertionError("no write is expected")), () -> {
                    asked.incrementAndGet();
                    return CompletableFuture.completedFuture(new Confirmed(9, 7));
                }));
    }

    private static Server server(RaftForwardGrpc.RaftForwardImplBase service) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(service)
                .build()
                .start();
    }

    private static ReadIndexResponse readIndex(ManagedChannel channel, String cluster, String node) {
        return RaftForwardGrpc.newBlockingStub(channel)
                .readIndex(ReadIndexRequest.newBuilder()
                        .setCluster(cluster)
                        .setNode(node)
                        .build());
    }
}
