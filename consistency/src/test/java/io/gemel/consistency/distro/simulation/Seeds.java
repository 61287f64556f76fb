package io.gemel.consistency.distro.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Runs schedules from seeds: always the same ones, and some that nobody has tried before.
 *
 * <p>The system property {@code gemel.seed} names a single one to repeat, {@code gemel.seeds} says how many new ones to try,
 * and {@code gemel.from} which is the first of them.
 */
public final class Seeds {
    private static final int FAILURES_TOLD = 3;
    private static final int SHRINK_RUNS_MAX = 300;

    private final List<Long> seeds;

    private Seeds(List<Long> seeds) {
        this.seeds = seeds;
    }

    /**
     * Those that are to be run.
     *
     * @param same how many are the same in every run, from 0 up
     * @param fresh how many are new in every run, if the system properties do not say otherwise
     */
    public static Seeds chosen(int same, int fresh) {
        Long only = Long.getLong("gemel.seed");
        if (only != null) {
            return new Seeds(List.of(only));
        }
        long base = Long.getLong("gemel.from", ThreadLocalRandom.current().nextLong(1_000_000, 1_000_000_000_000L));
        int number = Integer.getInteger("gemel.seeds", fresh);
        System.out.printf(
                "simulated: seeds 0 to %d, and %d to %d (again: -Dgemel.seed=SEED)%n",
                same - 1, base, base + number - 1);
        return new Seeds(LongStream.concat(LongStream.range(0, same), LongStream.range(base, base + number))
                .boxed()
                .toList());
    }

    /** How many. */
    public int count() {
        return seeds.size();
    }

    /**
     * Runs them all.
     *
     * @param run what is wrong with a schedule: lines of which each begins with its kind and a colon; none if nothing is
     * @throws AssertionError with the first failures, each with a schedule made small as the code that makes it
     */
    public void judge(Function<Scenario, List<String>> run) {
        long begin = System.nanoTime();
        List<String> failures = new ArrayList<>();
        int failed = 0;
        for (long seed : seeds) {
            Scenario scenario = Scenarios.of(seed);
            List<String> findings = run.apply(scenario);
            if (!findings.isEmpty() && failed++ < FAILURES_TOLD) {
                failures.add(told(scenario, findings, run));
            }
        }
        double minutes = (System.nanoTime() - begin) / 60e9;
        System.out.printf("simulated: %d seeds, %.0f a minute, %d failed%n", count(), count() / minutes, failed);
        if (failed > 0) {
            throw new AssertionError(failed + " of " + count() + " seeds failed\n" + String.join("\n", failures));
        }
    }

    private static String told(Scenario failing, List<String> findings, Function<Scenario, List<String>> run) {
        String kind = kind(findings.get(0));
        Scenario small = Shrinker.shrink(
                failing,
                candidate -> run.apply(candidate).stream()
                        .anyMatch(found -> kind(found).equals(kind)),
                SHRINK_RUNS_MAX);
        return "seed %d: %s\n%d of its %d steps do: %s\n%s\n"
                .formatted(
                        failing.seed(),
                        String.join("\n    ", findings),
                        small.steps().size(),
                        failing.steps().size(),
                        String.join("\n    ", run.apply(small)),
                        small);
    }

    private static String kind(String finding) {
        return finding.substring(0, finding.indexOf(':'));
    }
}
