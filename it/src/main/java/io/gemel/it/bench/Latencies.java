package io.gemel.it.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets of at most 1/64 of their value: exact enough for two digits, in a fixed amount of memory.
 * Thread-safe.
 */
final class Latencies {
    private static final int BITS = 6;
    private static final int STEPS = 1 << BITS;

    private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - BITS) * STEPS);

    void record(long nanos) {
        counts.incrementAndGet(bucket(Math.max(0, nanos)));
    }

    /** How many durations were recorded. */
    long count() {
        long sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += counts.get(i);
        }
        return sum;
    }

    /** The duration in milliseconds that a share of {@code quantile} (0..1) does not exceed; NaN if there is none. */
    double millis(double quantile) {
        long rank = (long) Math.ceil(quantile * count());
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= rank && seen > 0) {
                return upperBound(i) / 1e6;
            }
        }
        return Double.NaN;
    }

    private static int bucket(long nanos) {
        if (nanos < STEPS) {
            return (int) nanos;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - BITS;
        return (exponent + 1) * STEPS + (int) ((nanos >>> exponent) & (STEPS - 1));
    }

    private static double upperBound(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int exponent = bucket / STEPS - 1;
        return (double) (((bucket % STEPS) + STEPS + 1L) << exponent) - 1;
    }
}
