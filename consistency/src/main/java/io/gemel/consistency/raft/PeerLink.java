package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.google.protobuf.Message;
import io.gemel.consistency.cluster.CallStream;
import io.gemel.naming.Ticker;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
    private final Channel identified;
    private final CallStream<Message, Message> entries;
    private final CallStream<Message, Message> heartbeats;
    private final Watcher watcher;
    private final AtomicInteger timeoutsInARow = new AtomicInteger();
    private final AtomicInteger installing = new AtomicInteger();

    PeerLink(
            RaftPeers peers,
            InetSocketAddress address,
            ChannelCredentials credentials,
            Duration connectTimeout,
            Ticker ticker,
            Watcher watcher) {
        this.address = address;
        this.watcher = watcher;
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
        this.entries = new CallStream<>(identified, RaftCalls.ENTRIES, ticker);
        this.heartbeats = new CallStream<>(identified, RaftCalls.HEARTBEATS, ticker);
        watch(channel.getState(true));
    }

    /** Told how the connection fares, on a network thread: must not wait. */
    interface Watcher {
        /** There is a connection now. */
        void ready();

        /** It broke, or none could be made. */
        void lost();
    }

    /** What comes of asking a peer for a sign of life. */
    enum Sign {
        /** It answered. */
        ANSWER,
        /** Its host says that nobody listens on its port. */
        REFUSED,
        /** Anything else, silence as a rule, which says nothing about the peer: it may be cut off, frozen, or too busy. */
        NONE
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

    /**
     * Whether so many calls timed out in a row that this connection should be given up for a new one. Not while a snapshot is installed over it:
     * a peer that has just started is slow to answer, and the installation would begin anew. A dead connection ends by itself.
     */
    boolean stalled() {
        return timeoutsInARow.get() >= TIMEOUTS_BEFORE_RECONNECT && installing.get() == 0;
    }

    /** The peer is asked to install a snapshot; {@link #installed} follows. */
    void installing() {
        installing.incrementAndGet();
    }

    void installed() {
        installing.decrementAndGet();
    }

    void timedOut() {
        timeoutsInARow.incrementAndGet();
    }

    void answered() {
        timeoutsInARow.set(0);
    }

    /** Sends {@code request} by the method that {@link RaftCalls} has for it. */
    void call(Message request, long timeoutMillis, StreamObserver<Message> answer) {
        if (request instanceof AppendEntriesRequest append) {
            (append.getEntriesCount() == 0 ? heartbeats : entries)
                    .call(request, TimeUnit.MILLISECONDS.toNanos(timeoutMillis), answer);
            return;
        }
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS);
        // A call between members outlives the caller on whose thread it may be made.
        Context.ROOT.run(() -> ClientCalls.asyncUnaryCall(
                identified.newCall(RaftCalls.method(request.getClass()), options), request, answer));
    }

    void close() {
        channel.shutdownNow();
    }

    private void watch(ConnectivityState state) {
        if (state != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(state, () -> changed(channel.getState(false)));
        }
    }

    private void changed(ConnectivityState state) {
        switch (state) {
            case READY -> {
                timeoutsInARow.set(0);
                watcher.ready();
            }
            case IDLE, TRANSIENT_FAILURE -> watcher.lost();
            case CONNECTING, SHUTDOWN -> {
                // nothing is known yet, or nothing to be known any more
            }
        }
        watch(state);
    }

    /** Asks the peer for a sign of life, connecting first if need be, and waiting for no longer than {@code timeoutMillis}. */
    CompletableFuture<Sign> ask(long timeoutMillis) {
        CompletableFuture<Sign> sign = new CompletableFuture<>();
        PingRequest ping = PingRequest.newBuilder().setSendTimestamp(0).build();
        connect();
        call(ping, timeoutMillis, new StreamObserver<>() {
            @Override
            public void onNext(Message answer) {
                sign.complete(Sign.ANSWER);
            }

            @Override
            public void onError(Throwable failure) {
                sign.complete(refused(failure) ? Sign.REFUSED : Sign.NONE);
            }

            @Override
            public void onCompleted() {
                sign.complete(Sign.NONE);
            }
        });
        return sign;
    }

    /**
     * Whether the peer's host answered that nobody listens (ECONNREFUSED). Its class alone does not tell: a connection that timed
     * out, or that this host could not even begin, is a {@link ConnectException} too. In a language other than English the text is
     * not found, and the peer counts as silent.
     */
    private static boolean refused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    && String.valueOf(cause.getMessage()).contains("Connection refused")) {
                return true;
            }
        }
        return false;
    }
}
