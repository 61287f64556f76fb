package io.gemel.it.faults.nemesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How a recurring fault divides its time: calm, fault, calm, fault, and so on.
 *
 * <p>Most faults are short, a few are as long as allowed: short ones hit protocols half way, long ones outlast their timeouts.
 *
 * @param calm about how long it is calm before each fault
 * @param shortest no fault is shorter, unless there is no time for it
 * @param longest no fault is longer
 */
record Rounds(Duration calm, Duration shortest, Duration longest) {
    private static final double LONG_SHARE = 0.25;
    private static final double SHORT_PART = 0.35;

    /** No fault takes more of the time: others, and recovery, need some too. */
    private static final double PART_MAX = 0.5;

    /** Where a fault stands in the fault phase. */
    record Window(Duration from, Duration to) {}

    static Rounds of(int calmMillis, int shortestMillis, int longestMillis) {
        return new Rounds(
                Duration.ofMillis(calmMillis), Duration.ofMillis(shortestMillis), Duration.ofMillis(longestMillis));
    }

    /** The windows of the faults within {@code time}; at least one. */
    List<Window> windows(RandomGenerator random, Duration time) {
        long total = time.toMillis();
        long most = Math.max(1, Math.min(longest.toMillis(), (long) (total * PART_MAX)));
        long least = Math.min(shortest.toMillis(), most);
        List<Window> windows = new ArrayList<>();
        long at = Math.min(calmMillis(random), total / 5);
        while (true) {
            boolean isLong = random.nextDouble() < LONG_SHARE;
            long bound = isLong ? most : least + (long) ((most - least) * SHORT_PART);
            long length = least + (bound > least ? random.nextLong(bound - least + 1) : 0);
            if (at + length > total) {
                break;
            }
            windows.add(new Window(Duration.ofMillis(at), Duration.ofMillis(at + length)));
            at += length + calmMillis(random);
        }
        return windows;
    }

    private long calmMillis(RandomGenerator random) {
        return calm.toMillis() / 2 + random.nextLong(calm.toMillis() + 1);
    }
}
