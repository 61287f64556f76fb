package io.gemel.consistency.raft;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who leads the group, as this node last heard. Thread-safe.
 *
 * <p>JRaft itself would have to be asked under its lock, which it holds while it waits for a peer to connect: no place for the
 * naming loop or for a thread that answers calls.
 */
final class Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final String self;
    private volatile Known known = new Known(0, "");

    /**
     * A leader of a term.
     *
     * @param leader its node id; empty if none is known
     */
    record Known(long term, String leader) {}

    Leadership(String self) {
        this.self = self;
    }

    void lead(long term) {
        follow(term, self);
    }

    void follow(long term, String leader) {
        known = new Known(term, leader);
        LOG.info("leader changed term={} leader={}", term, leader);
    }

    void none() {
        known = new Known(known.term(), "");
    }

    Known known() {
        return known;
    }

    /** The leader's node id, if one is known. */
    Optional<String> leader() {
        return Optional.of(known.leader()).filter(leader -> !leader.isEmpty());
    }

    /** Whether this node leads. */
    boolean ours() {
        return known.leader().equals(self);
    }
}
