package io.gemel.it.faults.worker;

import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.Refusals;
import io.gemel.transport.grpc.v1.FindResponse;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.RegistryGrpc.RegistryStub;
import io.gemel.transport.grpc.v1.WriteResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Calls that go to one server once: what a client that tries again would hide. Thread-safe. */
final class SingleAttempts {
    /** As a client has it: a channel to a server that fell silent is noticed, and the next call connects anew. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    /** Registers persistent instances. */
    CompletableFuture<Answer> write(
            String server, ServiceId service, List<Instance> instances, OptionalLong ifRevision, Duration deadline) {
        RegisterRequest request;
        try {
            request = Codec.registerRequest(service, instances, new Precondition(ifRevision));
        } catch (RegistryException refusal) {
            return CompletableFuture.completedFuture(Outcomes.refused(refusal));
        }
        return call(
                server,
                Refusals.Call.WRITE,
                deadline,
                (stub, answers) -> stub.register(request, answers),
                (WriteResponse response) -> Outcomes.written(Codec.decode(response)));
    }

    /** Removes persistent instances. */
    CompletableFuture<Answer> remove(String server, ServiceId service, List<Instance> instances, Duration deadline) {
        return call(
                server,
                Refusals.Call.WRITE,
                deadline,
                (stub, answers) -> stub.deregister(
                        Codec.deregisterRequest(
                                service, instances.stream().map(Instance::key).toList()),
                        answers),
                (WriteResponse response) -> Outcomes.written(Codec.decode(response)));
    }

    /** Lists a service; one that nobody registered under is empty. */
    CompletableFuture<Answer> list(String server, ServiceId service, ReadLevel level, Duration deadline) {
        return call(
                server,
                Refusals.Call.READ,
                deadline,
                (stub, answers) -> stub.find(Codec.findRequest(service, level), answers),
                (FindResponse response) -> Outcomes.view(Codec.decode(response.getView())));
    }

    private <R> CompletableFuture<Answer> call(
            String server,
            Refusals.Call kind,
            Duration deadline,
            BiConsumer<RegistryStub, StreamObserver<R>> request,
            Function<R, Answer> decode) {
        CompletableFuture<Answer> end = new CompletableFuture<>();
        ManagedChannel channel = channels.computeIfAbsent(server, SingleAttempts::open);
        channel.resetConnectBackoff();
        RegistryStub stub = RegistryGrpc.newStub(channel).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
        request.accept(stub, new StreamObserver<>() {
            @Override
            public void onNext(R response) {
                end.complete(decode.apply(response));
            }

            @Override
            public void onError(Throwable failure) {
                RegistryException refusal = Refusals.received(failure, kind);
                RegistryException.Code code = refusal.code();
                if (code == RegistryException.Code.UNKNOWN_OUTCOME || code == RegistryException.Code.UNAVAILABLE) {
                    discard(server, channel);
                }
                boolean nothingThere = code == RegistryException.Code.NOT_FOUND && kind == Refusals.Call.READ;
                end.complete(nothingThere ? Outcomes.done() : Outcomes.refused(refusal));
            }

            @Override
            public void onCompleted() {
                // The one answer has come before.
            }
        });
        return end;
    }

    /** A connection that was silent may stay so for long after its link is whole again: TCP waits ever longer. */
    private void discard(String server, ManagedChannel channel) {
        if (channels.remove(server, channel)) {
            channel.shutdown();
        }
    }

    private static ManagedChannel open(String server) {
        return NettyChannelBuilder.forTarget("dns:///" + server)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .keepAliveTime(KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                .build();
    }
}
