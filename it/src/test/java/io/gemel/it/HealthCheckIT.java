package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.v1.OperatorGrpc;
import io.gemel.transport.grpc.v1.ServiceSettings;
import io.gemel.transport.grpc.v1.SetServiceRequest;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.Schedule;
import io.gemel.typed.TypedCodec;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three servers check persistent instances that are real listeners, die, and come back. */
class HealthCheckIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final int STORM = 200;
    private static final Schedule QUICK = new Schedule(Duration.ofMillis(500), Duration.ofMillis(300), 2, 2);

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = SANDBOX.cluster(Cluster.SLOW_ELECTIONS);
        cluster.heal();
    }

    @Test
    void aListenerThatDiesIsUnhealthyOnAllNodesAndHealthyWhenItIsBack() throws IOException {
        ServerSocket listener = listener(0);
        int port = listener.getLocalPort();
        SANDBOX.client(cluster.node(1)).register("one", Instance.persistent(Node.HOST, port));
        check("one", new HealthCheck.Tcp(QUICK, Optional.empty()));
        stays("one", 1, Duration.ofSeconds(3));

        listener.close();
        cluster.nodes().forEach(node -> awaitHealthy(node, "one", 0));
        long index = appliedIndex();
        LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
        assertThat(appliedIndex()).as("only changes are in the log").isEqualTo(index);

        try (ServerSocket back = listener(port)) {
            assertThat(back.isBound()).isTrue();
            cluster.nodes().forEach(node -> awaitHealthy(node, "one", 1));
        }
        check("one", new HealthCheck.None());
        cluster.nodes().forEach(node -> awaitHealthy(node, "one", 1));
    }

    @Test
    void aStormIsSurvivedAlsoByTheInstancesOfANodeThatIsKilled() throws IOException {
        ServerSocket listener = listener(0);
        NamingService client = SANDBOX.client(cluster.node(1));
        client.registerAll(
                ServiceId.of("storm"),
                IntStream.rangeClosed(1, STORM)
                        .mapToObj(i -> Instance.persistent(Node.HOST, i))
                        .toList());
        check("storm", new HealthCheck.Tcp(QUICK, Optional.of(listener.getLocalPort())));
        stays("storm", STORM, Duration.ofSeconds(3));

        cluster.node(3).kill();
        List<Node> left = cluster.others(cluster.node(3));
        stays("storm", STORM, Duration.ofSeconds(6));
        long index = appliedIndex();
        listener.close();
        left.forEach(node -> awaitHealthy(node, "storm", 0));
        assertThat(appliedIndex() - index)
                .as("entries for " + STORM + " changes")
                .isLessThan(STORM / 2);

        cluster.heal();
        awaitHealthy(cluster.node(3), "storm", 0);
        try (ServerSocket back = listener(listener.getLocalPort())) {
            assertThat(back.isBound()).isTrue();
            cluster.nodes().forEach(node -> awaitHealthy(node, "storm", STORM));
            check("storm", new HealthCheck.None());
        }
    }

    @Test
    void typedMetadataThatIsNotOnTheAllowListIsRefusedWithACause() {
        for (byte[] bytes : List.of(
                new byte[] {'y', 'C', 4, 'e', 'v', 'i', 'l', (byte) 0x90, 0x60},
                new byte[] {(byte) 0xac, (byte) 0xed, 0, 5})) {
            assertThatThrownBy(() -> set("refused", bytes))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INVALID_ARGUMENT")
                    .hasMessageContaining("typed metadata at byte");
        }
    }

    private static void check(String service, HealthCheck check) {
        byte[] typed = TypedCodec.installed().encode(List.of(check));
        // A leader that changes meanwhile leaves the outcome open; to set the same once more is safe.
        eventually().ignoreExceptionsInstanceOf(StatusRuntimeException.class).untilAsserted(() -> set(service, typed));
    }

    private static void set(String service, byte[] typed) {
        ServiceId id = ServiceId.of(service);
        SetServiceRequest request = SetServiceRequest.newBuilder()
                .setService(io.gemel.transport.grpc.v1.ServiceId.newBuilder()
                        .setNamespace(id.namespace())
                        .setGroup(id.group())
                        .setName(id.name()))
                .setSettings(ServiceSettings.newBuilder().setTyped(ByteString.copyFrom(typed)))
                .build();
        var unused = OperatorGrpc.newBlockingStub(cluster.node(1).channel())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .setService(request);
    }

    /** Takes every connection, so that none has to wait till the backlog is full. */
    private static ServerSocket listener(int port) throws IOException {
        ServerSocket listener = new ServerSocket(port, 4_000, InetAddress.getLoopbackAddress());
        Thread accepting = new Thread(() -> acceptAll(listener), "listener-" + port);
        accepting.setDaemon(true);
        accepting.start();
        return listener;
    }

    private static void acceptAll(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                listener.accept().close();
            } catch (IOException e) {
                // Closed by now, or the connection was: the next one is waited for if not.
            }
        }
    }

    private static long healthy(Node node, String service) {
        return node.instances(ServiceId.of(service)).stream()
                .filter(Instance::healthy)
                .count();
    }

    private static void awaitHealthy(Node node, String service, int count) {
        eventually().untilAsserted(() -> assertThat(healthy(node, service)).isEqualTo(count));
    }

    private static void stays(String service, int count, Duration time) {
        eventually()
                .during(time)
                .atMost(time.plusSeconds(10))
                .untilAsserted(
                        () -> assertThat(healthy(cluster.node(1), service)).isEqualTo(count));
    }

    private static long appliedIndex() {
        return cluster.node(1).status().orElseThrow().raft().appliedIndex();
    }
}
