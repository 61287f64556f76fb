package io.gemel.it.faults.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.distro.simulation.Scenarios;
import io.gemel.it.faults.check.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The promises about ephemeral instances, in simulated time, judged by the checks that judge runs of processes. */
class SimulatedPromisesTest {
    @Test
    void everyPromiseHolds() {
        long from = Long.getLong("gemel.from", 0);
        int seeds = Integer.getInteger("gemel.seeds", 100);
        List<String> bad = new ArrayList<>();
        Map<String, Map<String, Integer>> counts = new TreeMap<>();
        long start = System.nanoTime();
        for (long seed = from; seed < from + seeds; seed++) {
            Trial trial = Trial.of(Scenarios.of(seed));
            for (Verdict verdict : trial.verdicts()) {
                counts.computeIfAbsent(verdict.check(), c -> new TreeMap<>())
                        .merge(verdict.outcome().name(), 1, Integer::sum);
            }
            if (!trial.violated().isEmpty()) {
                bad.add(seed + ": " + trial.findings());
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%d seeds, %.0f seeds/min, %d bad%n", seeds, seeds / seconds * 60, bad.size());
        counts.forEach((check, outcomes) -> System.out.println(check + " " + outcomes));
        bad.stream().limit(40).forEach(System.out::println);
        assertThat(bad).isEmpty();
    }
}
