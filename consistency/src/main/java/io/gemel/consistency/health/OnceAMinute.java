package io.gemel.consistency.health;

import io.gemel.naming.Ticker;
import java.time.Duration;

/** Lets one line a minute into the log, of what may happen at every check. Confined to the loop of the checks. */
final class OnceAMinute {
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Ticker ticker;
    private long lastNanos;

    OnceAMinute(Ticker ticker) {
        this.ticker = ticker;
        this.lastNanos = ticker.nanos() - MINUTE_NANOS;
    }

    /** Whether it is time for the next one, which is then taken for written. */
    boolean due() {
        long now = ticker.nanos();
        boolean due = now - lastNanos >= MINUTE_NANOS;
        if (due) {
            lastNanos = now;
        }
        return due;
    }
}
