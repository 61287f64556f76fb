package io.gemel.consistency.raft;

import io.gemel.naming.Ticker;
import java.time.Duration;

/**
 * Whether enough was written to the log since the last snapshot to take another one, or anything for long enough.
 *
 * <p>Confined to the thread that calls it, but for {@link #ended}.
 */
final class SnapshotTrigger {
    /** After one that could not be taken, because one is being taken over, say. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final long logBytes;
    private final long intervalNanos;
    private final Ticker ticker;
    private long countedBytes;
    private long begunBytes;
    private long begunIndex = -1;
    private long snapshotIndex;
    private long clockedNanos;
    private volatile boolean underWay;
    private volatile long endedNanos;

    SnapshotTrigger(long logBytes, Duration interval, Ticker ticker) {
        this.logBytes = logBytes;
        this.intervalNanos = interval.toNanos();
        this.ticker = ticker;
        this.clockedNanos = ticker.nanos();
    }

    /**
     * Whether to take one now; then {@link #ended} is to be called.
     *
     * @param appendedBytes all that was ever written to the log
     * @param index of the newest snapshot
     */
    boolean due(long appendedBytes, long index) {
        if (index != snapshotIndex) {
            // What was written while it was taken is not in it, as far as this knows when it began.
            countedBytes = begunBytes > countedBytes ? begunBytes : snapshotIndex == 0 ? countedBytes : appendedBytes;
            snapshotIndex = index;
            clockedNanos = ticker.nanos();
        }
        long now = ticker.nanos();
        boolean inVain = index == begunIndex && now - endedNanos < PAUSE_NANOS;
        boolean byClock = appendedBytes > countedBytes && now - clockedNanos >= intervalNanos;
        if (underWay || inVain || (appendedBytes - countedBytes < logBytes && !byClock)) {
            return false;
        }
        underWay = true;
        clockedNanos = now;
        begunIndex = index;
        begunBytes = appendedBytes;
        return true;
    }

    /** The one that was due is taken, or given up. Any thread. */
    void ended() {
        endedNanos = ticker.nanos();
        underWay = false;
    }
}
