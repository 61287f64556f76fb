package io.gemel.it.faults.report;

import java.util.Locale;

/** Times as a report shows them. */
final class Millis {
    private Millis() {}

    /** Whole milliseconds of {@code nanos}. */
    static long of(long nanos) {
        return Math.floorDiv(nanos, 1_000_000);
    }

    /** Microseconds as people read them: 0.42 ms, 17.3 ms, 2.10 s. */
    static String ofMicros(long micros) {
        double millis = micros / 1000.0;
        if (millis < 10) {
            return String.format(Locale.ROOT, "%.2f ms", millis);
        }
        return millis < 1000
                ? String.format(Locale.ROOT, "%.1f ms", millis)
                : String.format(Locale.ROOT, "%.2f s", millis / 1000);
    }

    /** A moment of the run, in seconds. */
    static String moment(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }
}
