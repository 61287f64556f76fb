package io.gemel.consistency.raft;

import io.gemel.naming.Readiness;
import io.gemel.naming.Ticker;
import java.time.Duration;

/**
 * When this node may answer queries about persistent instances: once it has seen all that was acknowledged before it
 * started.
 *
 * <p>If no leader appears for {@link #PATIENCE}, it answers with what it has and says so: discovery must not depend on a
 * majority. Confined to the naming loop.
 */
final class CatchUp {
    static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String PART = "raft";

    private final Readiness readiness;
    private final Ticker ticker;
    private boolean caughtUp;
    private boolean asking;
    private boolean restricted;
    private long leaderSeenNanos;

    CatchUp(Readiness readiness, Ticker ticker) {
        this.readiness = readiness;
        this.ticker = ticker;
        this.leaderSeenNanos = ticker.nanos();
    }

    /** Notes whether there is a leader now; tells whether it should be asked how far the log is. */
    boolean due(boolean leaderKnown) {
        long now = ticker.nanos();
        if (leaderKnown) {
            leaderSeenNanos = now;
            if (restricted && caughtUp) {
                restricted = false;
                readiness.clear(PART);
            }
        } else if (!restricted && now - leaderSeenNanos > PATIENCE.toNanos()) {
            restricted = true;
            readiness.restrict(PART, "no leader; persistent instances may be stale and cannot be written");
        }
        boolean due = leaderKnown && !asking && !caughtUp;
        asking |= due;
        return due;
    }

    /** The leader was asked; if it {@code answered}, this node has applied and shown all that was committed then. */
    void answered(boolean answered) {
        if (answered) {
            caughtUp = true;
            restricted = false;
            readiness.clear(PART);
        } else {
            asking = false;
        }
    }
}
