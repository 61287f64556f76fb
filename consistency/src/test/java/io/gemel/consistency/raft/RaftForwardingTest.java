package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.wire.RaftForwardGrpc;
import io.gemel.consistency.wire.ReadIndexRequest;
import io.gemel.consistency.wire.ReadIndexResponse;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
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
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A node hears that it leads, or that it ceased to, a little before or after JRaft acts on it. */
    @Test
    void aNodeForwardsNothingToItselfNorToAStranger() {
        Members members = new Members(
                "s1", List.of(new Member("s1", "127.0.0.1", 1, 1, 1), new Member("s2", "127.0.0.1", 1, 1, 1)));
        try (PeerChannels channels = new PeerChannels(members)) {
            RaftForwarding forwarding = new RaftForwarding("test", members, channels, System::nanoTime);

            assertThat(forwarding.reaches("s1")).isFalse();
            assertThat(forwarding.reaches("s9")).isFalse();
        }
    }

    @Test
    void whoIsNotAMemberOfThisClusterIsToldNothing() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Members members = new Members("s1", List.of(new Member("s1", "127.0.0.1", 1, 1, 1)));
        try (PeerChannels channels = new PeerChannels(members)) {
            Server server = server(new RaftForwarding("test", members, channels, System::nanoTime), asked);
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

    /** Without streams all would still work, by a unary call each. */
    @Test
    void bothCallsAreServedAsStreams() {
        Members members = new Members("s1", List.of(new Member("s1", "127.0.0.1", 1, 1, 1)));
        try (PeerChannels channels = new PeerChannels(members)) {
            BindableService service = new RaftForwarding("test", members, channels, System::nanoTime)
                    .service(command -> new CompletableFuture<>(), CompletableFuture::new);
            assertThat(service.bindService().getMethods())
                    .filteredOn(method -> method.getMethodDescriptor().getType() == MethodType.BIDI_STREAMING)
                    .extracting(method -> method.getMethodDescriptor().getBareMethodName())
                    .containsExactlyInAnyOrder("Proposals", "ReadIndexes");
        }
    }

    /** Each is looked at by itself: who asks may have ceased to be a member since its stream was opened. */
    @Test
    void aStrangersCallsOnAStreamAreRefused() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Members alone = new Members("s2", List.of(new Member("s2", "127.0.0.1", 1, 1, 1)));
        try (PeerChannels none = new PeerChannels(alone)) {
            Server server = server(new RaftForwarding("test", alone, none, System::nanoTime), asked);
            Members members = new Members(
                    "s1",
                    List.of(
                            new Member("s1", "127.0.0.1", 1, 1, 1),
                            new Member("s2", "127.0.0.1", 1, server.getPort(), 1)));
            try (PeerChannels channels = new PeerChannels(members)) {
                RaftForwarding stranger = new RaftForwarding("test", members, channels, System::nanoTime);
                Call<Confirmed> question = new Call<>(0, RegistryException.Code.NO_LEADER, "late");
                stranger.readIndex("s2", question, PATIENCE.toNanos());
                assertThat(question.future())
                        .failsWithin(PATIENCE)
                        .withThrowableThat()
                        .withMessageContaining("the leader s2 did not answer: PERMISSION_DENIED");

                CompletableFuture<RegistryException> refused = new CompletableFuture<>();
                stranger.propose(
                        "s2", List.of(ByteString.EMPTY), PATIENCE.toNanos(), List.of(refusal(refused)), () -> {});
                assertThat(refused)
                        .succeedsWithin(PATIENCE)
                        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.UNAVAILABLE));
                assertThat(asked).hasValue(0);
            } finally {
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
            new RaftForwarding("test", members, channels, System::nanoTime)
                    .readIndex("s2", question, PATIENCE.toNanos());
            assertThat(question.future())
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withMessageContaining("the leader s2 gave an answer of a newer version");
        } finally {
            server.shutdownNow();
        }
    }

    private static RaftForwarding.Outcome refusal(CompletableFuture<RegistryException> refused) {
        return new RaftForwarding.Outcome() {
            @Override
            public void decided(Decided decided) {
                refused.completeExceptionally(new AssertionError(decided));
            }

            @Override
            public void refused(RegistryException refusal) {
                refused.complete(refusal);
            }

            @Override
            public void unknown(String reason) {
                refused.completeExceptionally(new AssertionError(reason));
            }
        };
    }

    private static Server server(RaftForwarding forwarding, AtomicInteger asked) throws IOException {
        return server(forwarding.service(
                command -> CompletableFuture.failedFuture(new AssertionError("no write is expected")), () -> {
                    asked.incrementAndGet();
                    return CompletableFuture.completedFuture(new Confirmed(9, 7));
                }));
    }

    private static Server server(BindableService service) throws IOException {
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
