package io.gemel.naming;

import java.time.Duration;

/** A clock that stands still until the test moves it. Confined to the test's thread. */
public final class ManualTicker implements Ticker {
    // Not zero, and so high that it wraps within minutes: code that compares readings instead of differences fails
    // early.
    private long nanos = Long.MAX_VALUE - Duration.ofMinutes(2).toNanos();

    /** A clock that stands still. */
    public ManualTicker() {}

    @Override
    public long nanos() {
        return nanos;
    }

    /** Moves the clock forward by {@code duration}. */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration: " + duration + " (expected: 0 or more)");
        }
        nanos += duration.toNanos();
    }
}
