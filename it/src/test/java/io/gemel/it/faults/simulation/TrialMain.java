package io.gemel.it.faults.simulation;

import io.gemel.consistency.distro.simulation.Scenario;
import io.gemel.consistency.distro.simulation.Scenarios;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Tries schedules until a check finds a promise broken, in a process of its own; see {@link SimulationMutationIT}. */
final class TrialMain {
    /** Before the names of the checks that found something. */
    static final String VIOLATED = "violated ";

    private TrialMain() {}

    /** The argument says how many seeds to try after the {@link Situations}. The exit code is 1 if a promise was broken, else 0. */
    public static void main(String[] arguments) {
        List<Scenario> scenarios = new ArrayList<>(Situations.all());
        LongStream.range(0, Long.parseLong(arguments[0]))
                .mapToObj(Scenarios::of)
                .forEach(scenarios::add);
        int tried = 0;
        for (Scenario scenario : scenarios) {
            tried++;
            Trial trial = Trial.of(scenario);
            Set<String> violated = trial.violated();
            // What the simulation finds by itself shows a bug, and leaves it to be shown that the checks find it as
            // well.
            if (!violated.isEmpty() && !violated.equals(Set.of(Trial.SIMULATION))) {
                System.out.println("after " + tried + " runs: seed " + scenario.seed());
                System.out.println(VIOLATED + String.join(" ", violated));
                trial.findings().forEach(System.out::println);
                System.exit(1);
            }
        }
        System.exit(0);
    }
}
