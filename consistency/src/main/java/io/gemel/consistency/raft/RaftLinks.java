package io.gemel.consistency.raft;

import io.gemel.naming.Ticker;
import io.grpc.InsecureChannelCredentials;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's connections to its peers' Raft ports: a {@link PeerLink} each, made on first use and again when the peer's address
 * changes or the connection stalls. Thread-safe.
 */
final class RaftLinks {
    private static final Logger LOG = LoggerFactory.getLogger(RaftLinks.class);

    private final RaftPeers peers;
    private final Duration connectTimeout;
    private final Ticker ticker;
    private final ConcurrentMap<String, PeerLink> links = new ConcurrentHashMap<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** Told how connections fare, on network threads: must not wait. */
    interface Watcher {
        /** There is a connection to {@code peer} now. */
        default void ready(String peer) {}

        /** The connection to {@code peer} broke, or none could be made. Not told of one that this node closes itself. */
        default void lost(String peer) {}
    }

    RaftLinks(RaftPeers peers, Duration connectTimeout, Ticker ticker) {
        this.peers = peers;
        this.connectTimeout = connectTimeout;
        this.ticker = ticker;
    }

    /** From now on {@code watcher} is told. */
    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    /** Whether there is a connection to {@code peer}. */
    boolean ready(String peer) {
        PeerLink link = links.get(peer);
        return link != null && link.ready();
    }

    /** Begins to connect to {@code peer}, unless that is done. */
    void connect(String peer) {
        find(peer).ifPresent(PeerLink::connect);
    }

    /** The link to {@code peer}, which connects by itself; empty if it is not a member, or this is closed. */
    Optional<PeerLink> find(String peer) {
        if (closed) {
            return Optional.empty();
        }
        Optional<InetSocketAddress> address = peers.address(peer);
        if (address.isEmpty()) {
            close(peer);
            return Optional.empty();
        }
        PeerLink link = links.get(peer);
        if (link != null && link.address().equals(address.get()) && !link.stalled()) {
            return Optional.of(link);
        }
        return replace(peer, Optional.ofNullable(link), address.get());
    }

    private synchronized Optional<PeerLink> replace(String peer, Optional<PeerLink> seen, InetSocketAddress address) {
        if (closed) {
            return Optional.empty();
        }
        Optional<PeerLink> current = Optional.ofNullable(links.get(peer));
        if (current.isPresent() && !current.equals(seen)) {
            return current;
        }
        PeerLink fresh = new PeerLink(
                peers, address, InsecureChannelCredentials.create(), connectTimeout, ticker, new Watchers(peer));
        links.put(peer, fresh);
        current.ifPresent(outdated -> {
            LOG.info("raft link replaced peer={} address={} stalled={}", peer, address, outdated.stalled());
            outdated.close();
        });
        return Optional.of(fresh);
    }

    /** Ends the connection to {@code peer}; the next use makes another. */
    void close(String peer) {
        Optional.ofNullable(links.remove(peer)).ifPresent(PeerLink::close);
    }

    /** Ends all of them, for good. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        links.keySet().forEach(this::close);
    }

    private final class Watchers implements PeerLink.Watcher {
        private final String peer;

        Watchers(String peer) {
            this.peer = peer;
        }

        @Override
        public void ready() {
            watchers.forEach(watcher -> watcher.ready(peer));
        }

        @Override
        public void lost() {
            watchers.forEach(watcher -> watcher.lost(peer));
        }
    }
}
