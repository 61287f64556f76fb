package io.gemel.naming;

import java.time.Duration;

/**
 * How long an instance that is kept by heartbeats may go without one.
 *
 * @param unhealthyAfter then it is shown as unhealthy until the next one, 1 s..1 h
 * @param removedAfter then it is removed, not before {@code unhealthyAfter}, at most 24 h
 */
public record LeaseTimes(Duration unhealthyAfter, Duration removedAfter) {
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration UNHEALTHY_MAX = Duration.ofHours(1);
    private static final Duration REMOVED_MAX = Duration.ofDays(1);

    /** Unhealthy after 15 s, removed after 30 s: three and six heartbeats of a client that sends one every 5 s. */
    public static final LeaseTimes USUAL = new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(30));

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a time is out of range. */
    public LeaseTimes {
        within("unhealthy_after", unhealthyAfter, LEAST, UNHEALTHY_MAX);
        within("removed_after", removedAfter, unhealthyAfter, REMOVED_MAX);
    }

    /** The times that are allowed and nearest to these; nothing is removed before it would be unhealthy. */
    public static LeaseTimes nearest(Duration unhealthyAfter, Duration removedAfter) {
        Duration removed = bounded(removedAfter, REMOVED_MAX);
        Duration unhealthy = bounded(unhealthyAfter, UNHEALTHY_MAX);
        return new LeaseTimes(unhealthy.compareTo(removed) > 0 ? removed : unhealthy, removed);
    }

    private static Duration bounded(Duration time, Duration most) {
        return time.compareTo(LEAST) < 0 ? LEAST : time.compareTo(most) > 0 ? most : time;
    }

    private static void within(String name, Duration time, Duration least, Duration most) {
        if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
            throw Limits.refuse("%s: %s (expected: %s..%s)", name, time, least, most);
        }
    }
}
