package io.gemel.consistency.cluster;

import io.gemel.naming.Member;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One connection to each peer's server port, shared by Distro and what followers ask of the leader. Connects on first use, follows a
 * peer to another address, and leaves one that is a member no longer. Thread-safe.
 */
public final class PeerChannels implements AutoCloseable {
    /**
     * How long what was sent to a peer may go unacknowledged. On Linux gRPC has the system see to that (TCP_USER_TIMEOUT), and on a link
     * that has beats something always is on its way: so a cut link ends after this time. Its own PINGs it sends after ten seconds at the earliest, whatever it is told.
     */
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

    /** How long one attempt may take: a cut that heals during a long one is noticed only when TCP asks again. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final int MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

    private final Members members;
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Peer(String address, ManagedChannel channel) {
        boolean isAt(Member member) {
            return address.equals(member.serverAddress());
        }
    }

    /** Channels to whoever are the peers of {@code members} at the time. */
    public PeerChannels(Members members) {
        this.members = members;
    }

    /**
     * The channel to the server port of the peer {@code nodeId}; empty if it is none any more, or this is closed. Calls on it run on
     * the network thread and must not block. To be asked for each call: a channel to where a peer was before is shut down.
     */
    public Optional<ManagedChannel> find(String nodeId) {
        Optional<Member> member = members.peer(nodeId);
        if (member.isEmpty() || closed) {
            return Optional.empty();
        }
        Peer known = peers.get(nodeId);
        return known != null && known.isAt(member.get()) ? Optional.of(known.channel()) : connect(nodeId);
    }

    /** What is outdated is shut down without the lock: its calls end on this thread, and may have to wait for the naming loop. */
    private Optional<ManagedChannel> connect(String nodeId) {
        Optional<Peer> outdated = Optional.empty();
        Optional<ManagedChannel> found = Optional.empty();
        synchronized (this) {
            Optional<Member> member = members.peer(nodeId);
            if (member.isPresent() && !closed) {
                Peer known = peers.get(nodeId);
                if (known == null || !known.isAt(member.get())) {
                    outdated = Optional.ofNullable(known);
                    known = new Peer(member.get().serverAddress(), open(member.get()));
                    peers.put(nodeId, known);
                }
                found = Optional.of(known.channel());
            }
        }
        outdated.ifPresent(peer -> peer.channel().shutdownNow());
        return found;
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

    /** Ends the connections to those that are peers no longer; their calls fail. To be called now and then. */
    public void prune() {
        List<Peer> left = new ArrayList<>();
        synchronized (this) {
            peers.forEach((id, peer) -> {
                if (members.peer(id).isEmpty() && peers.remove(id, peer)) {
                    left.add(peer);
                }
            });
        }
        left.forEach(peer -> peer.channel().shutdownNow());
    }

    @Override
    public void close() {
        List<Peer> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(peers.values());
            peers.clear();
        }
        left.forEach(peer -> peer.channel().shutdownNow());
    }
}
