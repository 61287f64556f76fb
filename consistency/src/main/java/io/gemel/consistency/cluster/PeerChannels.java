package io.gemel.consistency.cluster;

import io.gemel.naming.Member;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One connection to each peer's server port, shared by Distro and forwarded writes. Connects on first use, follows a peer to
 * another address, and leaves one that is a member no longer. Thread-safe.
 */
public final class PeerChannels implements AutoCloseable {
    /** How long a peer may be silent before it is asked for a sign of life, and how long it then has. */
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

    /** How long one attempt may take: a cut that heals during a long one is noticed only when TCP asks again. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final int MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

    private final Members members;
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();

    private record Peer(String address, ManagedChannel channel) {}

    /** Channels to whoever are the peers of {@code members} at the time. */
    public PeerChannels(Members members) {
        this.members = members;
    }

    /** The channel to {@code nodeId}, which must be a peer. Calls on it run on the network thread and must not block. */
    public ManagedChannel channel(String nodeId) {
        Member member = members.find(nodeId)
                .filter(found -> !found.id().equals(members.self().id()))
                .orElseThrow(() -> new IllegalArgumentException("no peer '" + nodeId + "' (expected: one of "
                        + members.peers().stream().map(Member::id).toList() + ")"));
        Peer known = peers.get(nodeId);
        if (known != null && known.address().equals(member.serverAddress())) {
            return known.channel();
        }
        return connect(member).channel();
    }

    private Peer connect(Member member) {
        return peers.compute(member.id(), (id, known) -> {
            if (known != null && known.address().equals(member.serverAddress())) {
                return known;
            }
            if (known != null) {
                known.channel().shutdownNow();
            }
            return new Peer(member.serverAddress(), open(member));
        });
    }

    private static ManagedChannel open(Member member) {
        return NettyChannelBuilder.forAddress(member.host(), member.serverPort())
                .usePlaintext()
                .directExecutor()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .keepAliveTime(KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveWithoutCalls(true)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
    }

    /** Ends the connections to those that are peers no longer; their calls fail. */
    public void prune() {
        peers.keySet().forEach(id -> {
            if (members.find(id).isEmpty()) {
                peers.computeIfPresent(id, (removed, peer) -> {
                    peer.channel().shutdownNow();
                    return null;
                });
            }
        });
    }

    @Override
    public void close() {
        peers.values().forEach(peer -> peer.channel().shutdownNow());
    }
}
