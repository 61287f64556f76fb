package io.gemel.it.faults.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A figure over time.
 *
 * @param name whose
 * @param points pairs of milliseconds and value; a value below 0 is a gap
 */
record Curve(String name, List<long[]> points) {
    private static final int POINTS_MAX = 1200;
    static final long GAP = -1;

    /** The same picture with fewer points: what repeats goes, and of what is still too much each stretch keeps its largest. */
    Curve thinned() {
        List<long[]> changes = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            boolean edge = i == 0 || i == points.size() - 1;
            if (edge || points.get(i)[1] != points.get(i - 1)[1] || points.get(i)[1] != points.get(i + 1)[1]) {
                changes.add(points.get(i));
            }
        }
        if (changes.size() <= POINTS_MAX) {
            return new Curve(name, changes);
        }
        List<long[]> kept = new ArrayList<>();
        int stretch = changes.size() / POINTS_MAX + 1;
        for (int from = 0; from < changes.size(); from += stretch) {
            long[] largest = changes.get(from);
            for (long[] point : changes.subList(from, Math.min(from + stretch, changes.size()))) {
                largest = point[1] > largest[1] ? point : largest;
            }
            kept.add(largest);
        }
        return new Curve(name, kept);
    }
}
