package io.gemel.it.faults.workload;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** The endless stream of what befalls client processes during churn. */
final class Mishaps {
    private static final int KILL_PERCENT = 60;
    private static final int FIRST_MILLIS = 1_500;
    private static final int BETWEEN_MILLIS = 4_000;
    private static final int FREEZE_MAX_MILLIS = 3_000;

    private final RandomGenerator random;

    Mishaps(Seeds seeds) {
        this.random = seeds.random();
    }

    /**
     * One of them.
     *
     * @param pause after the last
     * @param lot whom it meets, modulo how many there are
     * @param kill whether the process dies; else it is frozen
     * @param frozen for how long
     */
    record Mishap(Duration pause, int lot, boolean kill, Duration frozen) {}

    Mishap next() {
        return new Mishap(
                Duration.ofMillis(FIRST_MILLIS + random.nextInt(BETWEEN_MILLIS)),
                random.nextInt(1_000),
                random.nextInt(100) < KILL_PERCENT,
                Duration.ofMillis(random.nextInt(200, FREEZE_MAX_MILLIS)));
    }
}
