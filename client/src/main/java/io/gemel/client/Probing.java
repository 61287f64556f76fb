package io.gemel.client;

import java.time.Duration;

/**
 * That a {@link Balancer} itself tries whether instances take TCP connections. What it finds counts for {@link OutlierEjection}, as what its
 * caller tells it does. Immutable.
 *
 * <p>A probe connects and closes at once. It needs no thread. Instances whose address is a host name are left out: to look it up would
 * block.
 *
 * @param interval from one round over the instances to the next, 10 ms..1 h; each balancer varies it by up to a quarter, so that
 *     the callers of an instance do not probe it all at once
 * @param timeout how long an instance has to take the connection, 10 ms..1 min
 * @param concurrency how many connections are tried at the same time, 1..1000
 */
public record Probing(Duration interval, Duration timeout, int concurrency) {
    private static final int CONCURRENCY_MAX = 1_000;
    private static final Duration LEAST = Duration.ofMillis(10);

    /** Every ten seconds, for up to two seconds, sixteen at a time. */
    public static final Probing DEFAULT = new Probing(Duration.ofSeconds(10), Duration.ofSeconds(2), 16);

    /** Throws {@link IllegalArgumentException} if a part is out of range. */
    public Probing {
        check("interval", interval, Duration.ofHours(1), "10 ms..1 h");
        check("timeout", timeout, Duration.ofMinutes(1), "10 ms..1 min");
        if (concurrency < 1 || concurrency > CONCURRENCY_MAX) {
            throw new IllegalArgumentException(
                    "concurrency: " + concurrency + " (expected: 1.." + CONCURRENCY_MAX + ")");
        }
    }

    private static void check(String field, Duration value, Duration most, String range) {
        if (value.compareTo(LEAST) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + range + ")");
        }
    }
}
