package io.gemel.consistency.raft;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one connection of this node to one peer's Raft port.
 *
 * <p>Thread-safe. Calls are sent in the order in which they are made: JRaft's pipelined replication relies on it.
 */
final class PeerLink {
    /** A cut network path leaves TCP retrying ever more seldom; after this many timeouts in a row a new connection is faster. */
    private static final int TIMEOUTS_BEFORE_RECONNECT = 3;

    private final InetSocketAddress address;
    private final ManagedChannel channel;
    private final io.grpc.Channel identified;
    private final Runnable onReady;
    private final AtomicInteger timeoutsInARow = new AtomicInteger();

    PeerLink(
            RaftPeers peers,
            InetSocketAddress address,
            ChannelCredentials credentials,
            Duration connectTimeout,
            Runnable onReady) {
        this.address = address;
        this.onReady = onReady;
        this.channel = NettyChannelBuilder.forAddress(address.getHostString(), address.getPort(), credentials)
                .directExecutor()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
                .maxInboundMessageSize(RaftPortServer.MESSAGE_BYTES_MAX)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .idleTimeout(365, TimeUnit.DAYS) // never: an election must not wait for a connection
                .disableRetry()
                .build();
        Metadata identity = new Metadata();
        identity.put(RaftCalls.CLUSTER, peers.cluster());
        identity.put(RaftCalls.NODE, peers.self());
        this.identified = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(identity));
        watch(channel.getState(true));
    }

    InetSocketAddress address() {
        return address;
    }

    boolean ready() {
        return channel.getState(false) == ConnectivityState.READY;
    }

    /** Asks for a connection now, whatever the back-off after earlier failures says. */
    void connect() {
        if (channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
    }

    /** Whether so many calls timed out in a row that this connection should be given up for a new one. */
    boolean stalled() {
        return timeoutsInARow.get() >= TIMEOUTS_BEFORE_RECONNECT;
    }

    void timedOut() {
        timeoutsInARow.incrementAndGet();
    }

    void answered() {
        timeoutsInARow.set(0);
    }

    void call(
            MethodDescriptor<Message, Message> method,
            Message request,
            long timeoutMillis,
            StreamObserver<Message> answer) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS);
        // A call between members outlives the caller on whose thread it may be made.
        Context.ROOT.run(() -> ClientCalls.asyncUnaryCall(identified.newCall(method, options), request, answer));
    }

    void close() {
        channel.shutdownNow();
    }

    private void watch(ConnectivityState state) {
        if (state == ConnectivityState.READY) {
            timeoutsInARow.set(0);
            onReady.run();
        }
        if (state != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(state, () -> watch(channel.getState(false)));
        }
    }
}
