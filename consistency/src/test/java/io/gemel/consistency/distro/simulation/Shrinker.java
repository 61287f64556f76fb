package io.gemel.consistency.distro.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing scenario small: takes out steps as long as it still fails (Zeller and Hildebrandt, "Simplifying and
 * Isolating Failure-Inducing Input", 2002), then the time between those that remain.
 */
public final class Shrinker {
    private static final long NO_PAUSE_MILLIS = 1;

    private final Predicate<Scenario> fails;
    private final int runsMax;
    private int runs;

    private Shrinker(Predicate<Scenario> fails, int runsMax) {
        this.fails = fails;
        this.runsMax = runsMax;
    }

    /**
     * The smallest scenario that was found.
     *
     * @param failing one that {@code fails}
     * @param runsMax how often to try
     */
    public static Scenario shrink(Scenario failing, Predicate<Scenario> fails, int runsMax) {
        Shrinker shrinker = new Shrinker(fails, runsMax);
        Scenario smaller = shrinker.withFewerSteps(failing);
        Scenario shorter = shrinker.withShorterPauses(smaller);
        return shrinker.withFewerSteps(shorter);
    }

    private Scenario withFewerSteps(Scenario failing) {
        Scenario smallest = failing;
        int size = Math.max(1, failing.steps().size() / 2);
        while (true) {
            boolean smaller = false;
            for (int from = 0; from < smallest.steps().size(); ) {
                Scenario without = without(smallest, from, size);
                if (stillFails(without)) {
                    smallest = without;
                    smaller = true;
                } else {
                    from += size;
                }
            }
            if (size == 1 && !smaller) {
                return smallest;
            }
            size = Math.max(1, size / 2);
        }
    }

    private static Scenario without(Scenario scenario, int from, int size) {
        List<Step> steps = new ArrayList<>(scenario.steps());
        steps.subList(from, Math.min(steps.size(), from + size)).clear();
        return scenario.with(steps);
    }

    private Scenario withShorterPauses(Scenario failing) {
        Scenario shortest = failing;
        for (int step = 1; step < shortest.steps().size(); step++) {
            long pause = pauseBefore(shortest, step);
            for (long shorter : new long[] {NO_PAUSE_MILLIS, pause / 4, pause / 2}) {
                Scenario earlier = earlier(shortest, step, pause - shorter);
                if (shorter < pause && stillFails(earlier)) {
                    shortest = earlier;
                    break;
                }
            }
        }
        return shortest;
    }

    private static long pauseBefore(Scenario scenario, int step) {
        return scenario.steps().get(step).atMillis()
                - scenario.steps().get(step - 1).atMillis();
    }

    private static Scenario earlier(Scenario scenario, int first, long millis) {
        List<Step> steps = new ArrayList<>(scenario.steps());
        for (int i = first; i < steps.size(); i++) {
            Step step = steps.get(i);
            steps.set(i, new Step(step.atMillis() - millis, step.kind(), step.arguments()));
        }
        return scenario.with(steps);
    }

    private boolean stillFails(Scenario scenario) {
        return runs++ < runsMax && fails.test(scenario);
    }
}
