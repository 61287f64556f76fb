package io.gemel.it.faults.report;

import java.util.ArrayList;
import java.util.List;

/** Fewer of what is too much to draw. */
final class Thinning {
    private Thinning() {}

    /** At most {@code max} of {@code all}, evenly chosen, in order. */
    static <T> List<T> evenly(List<T> all, int max) {
        if (all.size() <= max) {
            return all;
        }
        List<T> kept = new ArrayList<>(max);
        for (int i = 0; i < max; i++) {
            kept.add(all.get((int) ((long) i * all.size() / max)));
        }
        return kept;
    }
}
