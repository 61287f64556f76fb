package io.gemel.consistency.cluster;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to each peer's server port, shared by Distro and forwarded writes. Connects on first use. Thread-safe. */
public final class PeerChannels implements AutoCloseable {
    /** How long a peer may be silent before it is asked for a sign of life, and how long it then has. */
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

    /** How long one attempt may take: a cut that heals during a long one is noticed only when TCP asks again. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final int MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

    private final Map<String, ManagedChannel> channels = new LinkedHashMap<>();

    /** Channels to the peers of {@code members}. */
    public PeerChannels(Members members) {
        for (Member peer : members.peers()) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(peer.host(), peer.serverPort())
                    .usePlaintext()
                    .directExecutor()
                    .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                    .keepAliveTime(KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveTimeout(KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveWithoutCalls(true)
                    .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                    .build();
            channels.put(peer.id(), channel);
        }
    }

    /** The channel to {@code nodeId}, which must be a peer. Calls on it run on the network thread and must not block. */
    public ManagedChannel channel(String nodeId) {
        @Nullable ManagedChannel channel = channels.get(nodeId);
        if (channel == null) {
            throw new IllegalArgumentException("no peer '" + nodeId + "' (expected: one of " + channels.keySet() + ")");
        }
        return channel;
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
