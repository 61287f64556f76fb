package io.gemel.it.bench;

import java.util.Arrays;
import java.util.Locale;

/** Repetitions of one figure: what is typical, and how far they lie apart. */
record Spread(double median, double min, double max, int repetitions) {

    /** The spread of {@code values}, at least one. */
    static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    /** The median, with the extremes if there is more than one repetition. */
    @Override
    public String toString() {
        return repetitions == 1 ? text(median) : "%s [%s-%s]".formatted(text(median), text(min), text(max));
    }

    /** Three digits that mean something; more would be noise. */
    private static String text(double value) {
        int decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
