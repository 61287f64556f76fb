package io.gemel.it.faults.stage;

import io.gemel.naming.NodeStatus;
import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.StatusCodec;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.gemel.transport.grpc.v1.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks one server what it says of itself, on a connection that nothing else uses. Thread-safe. */
final class StatusProbe implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String address;
    private final ManagedChannel channel;

    /** Connects on first use to the client door at {@code address}, host:port. */
    StatusProbe(String address) {
        this.address = address;
        this.channel = NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .build();
    }

    /** Whether it is this address that it asks. */
    boolean asks(String other) {
        return address.equals(other);
    }

    /** Its answer, within a second; empty if it gives none. */
    CompletableFuture<Optional<NodeStatus>> ask() {
        channel.resetConnectBackoff(); // it may have been down a moment ago
        CompletableFuture<Optional<NodeStatus>> answer = new CompletableFuture<>();
        RegistryGrpc.newStub(channel)
                .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .status(StatusRequest.getDefaultInstance(), new StreamObserver<>() {
                    @Override
                    public void onNext(StatusResponse response) {
                        answer.complete(decoded(response));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.complete(Optional.empty());
                    }

                    @Override
                    public void onCompleted() {
                        answer.complete(Optional.empty());
                    }
                });
        return answer;
    }

    private static Optional<NodeStatus> decoded(StatusResponse response) {
        try {
            return Optional.of(StatusCodec.decode(response));
        } catch (RegistryException nonsense) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
