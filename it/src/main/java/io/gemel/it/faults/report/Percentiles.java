package io.gemel.it.faults.report;

import java.util.List;

/** How a measure is distributed: its values in growing order. */
record Percentiles(long[] sorted) {

    static Percentiles of(List<Long> values) {
        return new Percentiles(
                values.stream().mapToLong(Long::longValue).sorted().toArray());
    }

    /** The value that {@code percent} of all do not exceed; 0 of none. */
    long at(double percent) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1.0, Math.ceil(sorted.length * percent / 100) - 1)];
    }

    /** As text, from microseconds; a dash if there are none. */
    String micros(double percent) {
        return sorted.length == 0 ? "–" : Millis.ofMicros(at(percent));
    }
}
