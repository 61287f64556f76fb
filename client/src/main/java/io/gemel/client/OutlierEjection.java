package io.gemel.client;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * When a {@link Balancer} ejects an instance, and for how long. Immutable; {@link #DEFAULT} has the defaults, the {@code with} methods vary them.
 *
 * <p>An instance that is ejected is not chosen until its time is over. The first time is {@code time}; if the instance is ejected again before it
 * was in use for {@code timeMax}, twice the last one, up to {@code timeMax}. To each up to a quarter is added at random, so that callers do not
 * come back all at once.
 *
 * @param failuresInARow so many failures without a success between them eject an instance, 1..1000000; 0 for never. Failures of calls
 *     and of {@linkplain Probing probes} count apart: that an instance takes connections does not excuse that it answers with errors
 * @param failureShare such a share of the calls of the last ten to twenty seconds ejects an instance, too, above 0..1; 0, the default, for never
 * @param callsMin of so few calls in that time no share is taken, 1..1000000
 * @param slowAfter a call that took longer failed, whatever came of it; empty, the default, for never
 * @param time of the first ejection, 1 ms..1 h
 * @param timeMax of any ejection, {@code time}..24 h
 * @param shareMax at most this share of the wanted instances is ejected at the same time, 0..1, rounded down; and never all. What else fails stays
 *     in use: if most of them fail, it is more likely the caller, or what they all depend on
 */
public record OutlierEjection(
        int failuresInARow,
        double failureShare,
        int callsMin,
        Optional<Duration> slowAfter,
        Duration time,
        Duration timeMax,
        double shareMax) {
    private static final int COUNT_MAX = 1_000_000;
    private static final Duration TIME_MIN = Duration.ofMillis(1);

    /** Five failures in a row; for ten seconds at first, for five minutes at most; half of the instances at most. */
    public static final OutlierEjection DEFAULT =
            new OutlierEjection(5, 0, 20, Optional.empty(), Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5);

    /** Ejects nothing. */
    public static final OutlierEjection OFF = DEFAULT.withShareMax(0);

    /** Throws {@link IllegalArgumentException} if a part is out of range. */
    public OutlierEjection {
        check("failuresInARow", failuresInARow, failuresInARow >= 0 && failuresInARow <= COUNT_MAX, "0..1000000");
        check("failureShare", failureShare, failureShare >= 0 && failureShare <= 1, "0..1");
        check("callsMin", callsMin, callsMin >= 1 && callsMin <= COUNT_MAX, "1..1000000");
        requireNonNull(slowAfter, "slowAfter");
        slowAfter.ifPresent(
                limit -> check("slowAfter", limit, within(limit, TIME_MIN, Duration.ofHours(1)), "1 ms..1 h"));
        check("time", time, within(time, TIME_MIN, Duration.ofHours(1)), "1 ms..1 h");
        check("timeMax", timeMax, within(timeMax, time, Duration.ofHours(24)), "time..24 h");
        check("shareMax", shareMax, shareMax >= 0 && shareMax <= 1, "0..1");
    }

    /** This with another number of failures in a row; 0 for any. */
    public OutlierEjection withFailuresInARow(int count) {
        return new OutlierEjection(count, failureShare, callsMin, slowAfter, time, timeMax, shareMax);
    }

    /** This with another share of failures, of at least {@code calls} calls. */
    public OutlierEjection withFailureShare(double share, int calls) {
        return new OutlierEjection(failuresInARow, share, calls, slowAfter, time, timeMax, shareMax);
    }

    /** This, where a call that took longer failed. */
    public OutlierEjection withSlowAfter(Duration limit) {
        return new OutlierEjection(failuresInARow, failureShare, callsMin, Optional.of(limit), time, timeMax, shareMax);
    }

    /** This with other times: of the first ejection, and of any. */
    public OutlierEjection withTimes(Duration first, Duration most) {
        return new OutlierEjection(failuresInARow, failureShare, callsMin, slowAfter, first, most, shareMax);
    }

    /** This with another share of the instances that may be ejected at the same time. */
    public OutlierEjection withShareMax(double share) {
        return new OutlierEjection(failuresInARow, failureShare, callsMin, slowAfter, time, timeMax, share);
    }

    private static boolean within(Duration value, Duration least, Duration most) {
        return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    }

    private static void check(String field, Object value, boolean inRange, String range) {
        if (!inRange) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + range + ")");
        }
    }
}
