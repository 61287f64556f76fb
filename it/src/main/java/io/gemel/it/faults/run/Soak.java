package io.gemel.it.faults.run;

import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.workload.Seeds;
import io.gemel.it.faults.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Many short runs, because those find more than few long ones: every workload with every nemesis, in an order by lot, then
 * combinations of nemeses by lot, until the time is up.
 */
final class Soak {
    private static final int COMBINED_MAX = 3;
    private static final int SEED_MAX = 1_000_000;

    private final List<Workload> workloads;
    private final List<Nemesis> nemeses;
    private final RandomGenerator random;
    private final List<Mix> left = new ArrayList<>();

    /** Of these workloads and nemeses, none of which is unavailable. */
    Soak(List<Workload> workloads, List<Nemesis> nemeses, long seed) {
        this.workloads = List.copyOf(workloads);
        this.nemeses = List.copyOf(nemeses);
        this.random = new Seeds(seed).branch("soak").random();
        for (Workload workload : workloads) {
            for (Nemesis nemesis : nemeses) {
                left.add(new Mix(workload, List.of(nemesis), 0));
            }
        }
        Collections.shuffle(left, new Random(random.nextLong()));
    }

    /**
     * What one run is made of.
     *
     * @param seed its own
     */
    record Mix(Workload workload, List<Nemesis> nemeses, long seed) {}

    /** How one of the runs ended. */
    enum End {
        PASSED,
        FAILED,
        /** Not one of its faults could be injected. */
        SKIPPED,
        /** It could not be carried out. */
        BROKEN
    }

    /**
     * One run of many.
     *
     * @param what went wrong, if anything did
     */
    record Entry(String run, End end, String what) {}

    /** Carries out runs until {@code time} is up or there were {@code runsMax}. */
    List<Entry> run(Duration time, int runsMax, Function<Mix, Entry> runner) {
        long begin = System.nanoTime();
        List<Entry> entries = new ArrayList<>();
        while (entries.size() < runsMax && System.nanoTime() - begin < time.toNanos()) {
            entries.add(runner.apply(next()));
        }
        return entries;
    }

    /** The next mix; the same ones in the same order for the same seed. */
    Mix next() {
        long seed = 1L + random.nextInt(SEED_MAX);
        if (!left.isEmpty()) {
            Mix mix = left.remove(left.size() - 1);
            return new Mix(mix.workload(), mix.nemeses(), seed);
        }
        List<Nemesis> pool = new ArrayList<>(nemeses);
        Collections.shuffle(pool, new Random(random.nextLong()));
        int count = Math.min(pool.size(), random.nextInt(2, COMBINED_MAX + 1));
        return new Mix(workloads.get(random.nextInt(workloads.size())), List.copyOf(pool.subList(0, count)), seed);
    }
}
