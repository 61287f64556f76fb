package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.DistroGrpc;
import io.gemel.consistency.wire.Hello;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Member;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Distro between two nodes over real connections. */
class GrpcLinksTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");

    private final List<DistroNode> nodes = new ArrayList<>();

    @BeforeEach
    void twoNodes() throws IOException {
        List<Member> members = List.of(DistroNode.member("s1"), DistroNode.member("s2"));
        nodes.add(new DistroNode(new Members("s1", members), 1));
        nodes.add(new DistroNode(new Members("s2", members), 1));
        nodes.forEach(node -> await().until(node.readiness::ready));
    }

    @AfterEach
    void stop() {
        nodes.forEach(DistroNode::close);
    }

    @Test
    void aWriteOnOneNodeShowsOnTheOther() {
        Publisher session = new Publisher("session", 1);
        Instance instance = Instance.ephemeral("10.0.0.1", 80);
        nodes.get(0).distro.write(new Change.SessionOpened(session, false)).join();
        nodes.get(0)
                .distro
                .write(new Change.Register(ORDERS, List.of(instance), session))
                .join();
        assertThat(nodes.get(0).index.view(ORDERS).instances()).containsExactly(instance);
        await().untilAsserted(() ->
                assertThat(nodes.get(1).index.view(ORDERS).instances()).containsExactly(instance));

        nodes.get(0).distro.write(new Change.SessionClosed(session)).join();
        await().until(() -> nodes.get(1).index.view(ORDERS).isEmpty());
        await().untilAsserted(() -> assertThat(nodes.get(0).distro.status().origins())
                .extracting(origin -> origin.node() + "@" + origin.sequence() + "=" + origin.digest())
                .containsExactlyInAnyOrderElementsOf(nodes.get(1).distro.status().origins().stream()
                        .map(origin -> origin.node() + "@" + origin.sequence() + "=" + origin.digest())
                        .toList()));
    }

    @Test
    void aStrangerIsRefusedWithTheReason() {
        assertThatThrownBy(() -> greet("test", "s9")).hasMessageContaining("node 's9' of cluster 'test'");
        assertThatThrownBy(() -> greet("other", "s2"))
                .hasMessageContaining("(expected: a peer of 's1' in cluster 'test')");
        aWriteOnOneNodeShowsOnTheOther();
    }

    private void greet(String cluster, String node) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", nodes.get(0).server.getPort())
                .usePlaintext()
                .build();
        CompletableFuture<OriginReply> reply = new CompletableFuture<>();
        StreamObserver<OriginMessage> stream = DistroGrpc.newStub(channel).replicate(new StreamObserver<OriginReply>() {
            @Override
            public void onNext(OriginReply value) {
                reply.complete(value);
            }

            @Override
            public void onError(Throwable failure) {
                reply.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                reply.cancel(false);
            }
        });
        stream.onNext(OriginMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setCluster(cluster)
                        .setNode(node)
                        .setIncarnation(7)
                        .setVersion(1)
                        .setTo("s1"))
                .build());
        try {
            reply.join();
        } finally {
            channel.shutdownNow();
        }
    }
}
