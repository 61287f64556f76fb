package io.gemel.bootstrap.demo;

import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.Refusals;
import io.gemel.transport.grpc.StatusCodec;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.RegistryGrpc.RegistryBlockingStub;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.gemel.transport.grpc.v1.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Asks one node and no other: what a client that fails over would hide. Blocks; thread-safe. */
public final class NodeProbe implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ManagedChannel channel;
    private final RegistryBlockingStub stub;

    /** Connects on first use to the client door at {@code address}, host:port. */
    public NodeProbe(String address) {
        this.channel = NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .directExecutor()
                .build();
        this.stub = RegistryGrpc.newBlockingStub(channel);
    }

    /** What the node lists under {@code service}; nothing if it lists nothing. Throws {@link RegistryException}. */
    public List<Instance> instances(ServiceId service, ReadLevel level) {
        try {
            return Codec.decode(call(Refusals.Call.READ, s -> s.find(Codec.findRequest(service, level)))
                            .getView())
                    .instances();
        } catch (RegistryException refusal) {
            if (refusal.code() == RegistryException.Code.NOT_FOUND) {
                return List.of();
            }
            throw refusal;
        }
    }

    /** Registers a persistent instance; the revision. Throws {@link RegistryException}. */
    public long register(ServiceId service, Instance instance) {
        return call(Refusals.Call.WRITE, s -> s.register(Codec.registerRequest(service, List.of(instance))))
                .getRevision();
    }

    /** What the node says of itself. Throws {@link RegistryException}. */
    public NodeStatus status() {
        StatusResponse answer = call(Refusals.Call.READ, s -> s.status(StatusRequest.getDefaultInstance()));
        return StatusCodec.decode(answer);
    }

    private <R> R call(Refusals.Call kind, Function<RegistryBlockingStub, R> request) {
        try {
            channel.resetConnectBackoff();
            return request.apply(stub.withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException failure) {
            throw Refusals.received(failure, kind);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
