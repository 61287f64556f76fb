package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One server without any flag, in an empty directory. Only its ports are moved, by its environment, to free ones. */
class StandaloneIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final Duration STOP_LIMIT = GemelProcess.PATIENCE;

    @Test
    void aRestartKeepsIdentityAndPersistentInstancesHoweverItEnded() {
        Node node = started();
        Instance persistent = Instance.persistent("10.30.0.1", 80).withMetadata("zone", "a");
        NamingService client = SANDBOX.client(node);
        client.register("kept", persistent);
        client.register("kept", Instance.ephemeral("10.30.0.2", 80));
        NodeStatus before = node.status().orElseThrow();
        assertThat(before.raft().role()).isEqualTo("leader");
        client.close();

        assertThat(node.terminate(STOP_LIMIT)).isZero();
        node.start();
        node.awaitReady();
        NodeStatus afterStop = node.status().orElseThrow();
        node.kill();
        node.start();
        node.awaitReady();
        NodeStatus afterKill = node.status().orElseThrow();

        assertThat(node.instances(ServiceId.of("kept"))).containsExactly(persistent);
        assertThat(afterStop.nodeId()).isEqualTo(before.nodeId()).isNotEmpty();
        assertThat(afterKill.nodeId()).isEqualTo(before.nodeId());
        assertThat(incarnation(before)).isLessThan(incarnation(afterStop));
        assertThat(incarnation(afterStop)).isLessThan(incarnation(afterKill));
        assertThat(node.dataDir()).as("made where it was started").isDirectory();
    }

    private static long incarnation(NodeStatus status) {
        return status.origins().stream()
                .filter(origin -> origin.state().equals("own"))
                .mapToLong(origin -> origin.incarnation())
                .findFirst()
                .orElse(-1);
    }

    @Test
    void aClientOfARestartedServerBringsItsInstancesBack() {
        Node node = started();
        Instance ephemeral = Instance.ephemeral("10.30.1.1", 80);
        NamingService client = SANDBOX.client(node);
        client.register("brought-back", ephemeral);

        node.kill();
        node.start();
        node.awaitReady();

        eventually()
                .untilAsserted(
                        () -> assertThat(client.instances("brought-back")).containsExactly(ephemeral));
    }

    @Test
    void aCommandThatIsToldSoWaitsForItsServer() {
        Node node = SANDBOX.node("alone");
        GemelProcess waiting = SANDBOX.start("status", "--server=" + node.address(), "--timeout=600", "--wait");
        node.start();

        assertThat(waiting.awaitEnd(GemelProcess.PATIENCE).exitCode()).isZero();
    }

    @Test
    void healthIsServingOnceItIsReady() {
        Node node = started();

        HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(node.channel());
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
        HealthCheckRequest registry = HealthCheckRequest.newBuilder()
                .setService(RegistryGrpc.SERVICE_NAME)
                .build();
        assertThat(health.check(registry).getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void reflectionShowsTheContractSoThatToolsCanCallIt() {
        Node node = started();

        ServerReflectionResponse services = reflect(
                node, ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(services.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains(RegistryGrpc.SERVICE_NAME, HealthGrpc.SERVICE_NAME);
        ServerReflectionResponse contract = reflect(
                node,
                ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol(RegistryGrpc.SERVICE_NAME)
                        .build());
        assertThat(contract.getFileDescriptorResponse().getFileDescriptorProtoList())
                .isNotEmpty();
    }

    private static ServerReflectionResponse reflect(Node node, ServerReflectionRequest request) {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(node.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new IllegalStateException("ended without an answer"));
                    }
                });
        requests.onNext(request);
        ServerReflectionResponse response =
                answer.orTimeout(10, TimeUnit.SECONDS).join();
        requests.onCompleted();
        return response;
    }

    private static Node started() {
        Node node = SANDBOX.node("alone");
        node.start();
        node.awaitReady();
        return node;
    }
}
