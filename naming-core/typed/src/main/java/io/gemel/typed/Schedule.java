package io.gemel.typed;

import java.time.Duration;

/**
 * How often a check is made, how long it may take, and how many equal results in a row change what is thought of an instance.
 *
 * @param interval between the starts of two checks of one instance, 200 ms..1 h, in whole milliseconds
 * @param timeout after which a check has failed, 50 ms..60 s, at most the interval
 * @param rise successes in a row after which an unhealthy instance is healthy, 1..20
 * @param fall failures in a row after which a healthy instance is unhealthy, 1..20
 */
public record Schedule(Duration interval, Duration timeout, int rise, int fall) {
    private static final Duration INTERVAL_MIN = Duration.ofMillis(200);
    private static final Duration INTERVAL_MAX = Duration.ofHours(1);
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(50);
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(60);
    private static final int IN_A_ROW_MAX = 20;

    /** Every 5 s, 1 s for an answer, 2 successes, 3 failures. */
    public static final Schedule USUAL = new Schedule(Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 3);

    /** Throws {@link io.gemel.naming.RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
    public Schedule {
        Refusals.range("interval", interval, INTERVAL_MIN, INTERVAL_MAX);
        Refusals.range("timeout", timeout, TIMEOUT_MIN, TIMEOUT_MAX);
        if (timeout.compareTo(interval) > 0) {
            throw Refusals.refuse(
                    "timeout: %d ms (expected: at most the interval, %d ms)", timeout.toMillis(), interval.toMillis());
        }
        Refusals.range("rise", rise, 1, IN_A_ROW_MAX);
        Refusals.range("fall", fall, 1, IN_A_ROW_MAX);
    }
}
