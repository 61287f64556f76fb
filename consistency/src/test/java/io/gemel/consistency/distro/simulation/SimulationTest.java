package io.gemel.consistency.distro.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Promises of ephemeral instances, under schedules of faults made from seeds. */
class SimulationTest {
    @Test
    void nothingIsViolated() {
        long start = System.nanoTime();
        int seeds = Integer.getInteger("gemel.seeds", 200);
        List<String> bad = new ArrayList<>();
        double simulated = 0;
        long events = 0;
        for (long seed = 0; seed < seeds; seed++) {
            Simulation.Outcome outcome = Simulation.run(Scenarios.of(seed));
            simulated += outcome.simulated().toMillis() / 1e3;
            events += outcome.events();
            if (!outcome.violations().isEmpty()) {
                bad.add(seed + ": " + outcome.violations());
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d seeds, %.0f seeds/min, %.0f simulated s, %d events, %d bad%n",
                seeds, seeds / seconds * 60, simulated, events, bad.size());
        bad.stream().limit(10).forEach(System.out::println);
        assertThat(bad).isEmpty();
    }
}
