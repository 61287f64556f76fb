package io.gemel.it.faults.report;

import java.util.List;

/** How a measure is distributed: its values in growing order. */
record Percentiles(List<Long> sorted) {
    /** Copies the list. */
    Percentiles {
        sorted = List.copyOf(sorted);
    }

    static Percentiles of(List<Long> values) {
        return new Percentiles(values.stream().sorted().toList());
    }

    /** The value that {@code percent} of all do not exceed; 0 of none. */
    long at(double percent) {
        return sorted.isEmpty()
                ? 0
                : sorted.get((int) Math.min(sorted.size() - 1.0, Math.ceil(sorted.size() * percent / 100) - 1));
    }

    /** As text, from microseconds; a dash if there are none. */
    String micros(double percent) {
        return sorted.isEmpty() ? "–" : Millis.ofMicros(at(percent));
    }
}
