package io.gemel.it.bench;

import com.google.protobuf.ByteString;
import io.gemel.client.ClientOptions;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one etcd server. Thread-safe.
 *
 * <p>The channel is as that of Gemel's client: answers arrive, and futures complete, in the connection's own event loop, and
 * each call has the same deadline. There is no thread besides, while Gemel's client has a loop: what is lean here favours etcd.
 */
final class EtcdClient implements AutoCloseable {
    private static final ByteString NO_KEY = ByteString.copyFromUtf8("/nobody-writes-this");

    private final ManagedChannel channel;
    private final Duration timeout;

    private EtcdClient(ManagedChannel channel, Duration timeout) {
        this.channel = channel;
        this.timeout = timeout;
    }

    /** A client of the server at this port of the loopback address; connects when it is used. */
    static EtcdClient of(int port) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .usePlaintext()
                .directExecutor()
                .build();
        return new EtcdClient(channel, ClientOptions.of("127.0.0.1:" + port).requestTimeout());
    }

    /** Writes {@code value}; the revision at which it is kept by a majority. Fails with gRPC's exception. */
    CompletableFuture<Long> put(ByteString key, ByteString value) {
        return call(EtcdCalls.PUT, new EtcdCalls.Put(key, value), options(timeout));
    }

    /** Reads a key, linearizably; empty if it was never written. Fails with gRPC's exception. */
    CompletableFuture<Optional<ByteString>> range(ByteString key) {
        return call(EtcdCalls.RANGE, new EtcdCalls.Range(key), options(timeout));
    }

    /** What the server says of itself. Fails with gRPC's exception. */
    CompletableFuture<EtcdCalls.Standing> standing() {
        return call(EtcdCalls.STATUS, new EtcdCalls.AskStatus(), options(timeout));
    }

    /** Completes once the server has answered a linearizable read, which takes a leader that a majority follows. */
    CompletableFuture<?> serving(Duration atMost) {
        return call(
                EtcdCalls.RANGE, new EtcdCalls.Range(NO_KEY), options(atMost).withWaitForReady());
    }

    private static CallOptions options(Duration timeout) {
        return CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private <Q, R> CompletableFuture<R> call(MethodDescriptor<Q, R> method, Q request, CallOptions options) {
        CompletableFuture<R> result = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(channel.newCall(method, options), request, new StreamObserver<>() {
            private @Nullable R answer;

            @Override
            public void onNext(R value) {
                answer = value;
            }

            @Override
            public void onError(Throwable failure) {
                result.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                R received = answer;
                if (received == null) {
                    result.completeExceptionally(new IllegalStateException("an empty answer"));
                } else {
                    result.complete(received);
                }
            }
        });
        return result;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
