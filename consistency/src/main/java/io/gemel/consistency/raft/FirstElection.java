package io.gemel.consistency.raft;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * Until this node knows of a first leader there is none that might just be busy, so it waits for a short time before it stands for election;
 * from then on as long as is configured. Confined to the naming loop.
 */
final class FirstElection {
    private static final Duration TIMEOUT_MAX = Duration.ofMillis(500);

    private final Leadership leadership;
    private final Duration configured;
    private boolean over;

    FirstElection(Leadership leadership, Duration configured) {
        this.leadership = leadership;
        this.configured = configured;
        this.over = configured.equals(timeout(configured));
    }

    /** How long to wait for a first leader. */
    static Duration timeout(Duration configured) {
        return configured.compareTo(TIMEOUT_MAX) < 0 ? configured : TIMEOUT_MAX;
    }

    /** To be called now and then. */
    void tick(RaftGroup group) {
        if (over || leadership.leader().isEmpty()) {
            return;
        }
        over = true;
        try {
            group.execute(() -> group.node().resetElectionTimeoutMs((int) configured.toMillis()));
        } catch (RejectedExecutionException closing) {
            // nobody is waited for any more
        }
    }
}
