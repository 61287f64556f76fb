package io.gemel.it.faults.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Measured times, and how they are told. Not thread-safe. */
final class Spans {
    private final List<Long> nanos = new ArrayList<>();

    void add(long spanNanos) {
        nanos.add(Math.max(0, spanNanos));
    }

    int count() {
        return nanos.size();
    }

    /** Median, 99th percentile and maximum; a dash if nothing was measured. */
    @Override
    public String toString() {
        if (nanos.isEmpty()) {
            return "-";
        }
        Collections.sort(nanos);
        return "p50 %s, p99 %s, max %s (of %,d)"
                .formatted(text(quantile(0.5)), text(quantile(0.99)), text(quantile(1)), nanos.size());
    }

    private long quantile(double part) {
        return nanos.get((int) Math.max(0, Math.ceil(part * nanos.size()) - 1));
    }

    /** A span as people say it: 350 ms, 12.3 s. */
    static String text(long spanNanos) {
        double millis = spanNanos / 1e6;
        return millis < 1_000
                ? String.format(Locale.ROOT, "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / 1_000);
    }

    static String text(Duration span) {
        return text(span.toNanos());
    }

    /** A moment of the run: 12.345 s. */
    static String moment(long nanosSinceBegin) {
        return String.format(Locale.ROOT, "%.3f s", nanosSinceBegin / 1e9);
    }
}
