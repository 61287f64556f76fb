package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.distro.simulation.Observation;
import io.gemel.consistency.distro.simulation.Scenario;
import io.gemel.consistency.distro.simulation.Simulation;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** So many clients lose a server at once that they come back to the others only one after the other. All stood still at the moment it died. */
class LateReturnsTest {
    private static final int CLIENTS = 12;
    /** Long after all have found the one server that they reach. */
    private static final long DEATH = 60_000;

    /** Less than the grace period. */
    private static final long APART = 4_000;

    private static final long FIRST = DEATH + 5_000;

    /** After the grace period and what nodes differ by. */
    private static final long DROPPED = 6_500;

    /** Down after 3 s, then six times the grace period. */
    private static final long LATEST = DEATH + 33_000;

    static Stream<Scenario> deaths() {
        return LongStream.rangeClosed(1, 2).mapToObj(seed -> {
            Scenario opened = Scenario.of(3, seed).at(1_000);
            for (int client = 1; client <= CLIENTS; client++) {
                opened = opened.cutClient(client, 2)
                        .cutClient(client, 3)
                        .open(client)
                        .register(client, 1, 1);
            }
            opened = opened.at(DEATH - 2_000).heal().at(DEATH - 10);
            for (int client = 1; client <= CLIENTS; client++) {
                opened = opened.freezeClient(client);
            }
            return opened.at(DEATH).crash(1);
        });
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void whileOneAfterTheOtherComesBackNobodyIsMissing(Scenario death) {
        int last = 6;
        long end = FIRST + (last - 1) * APART;
        Simulation.Outcome outcome = run(returning(death, last).at(end + 20_000).heal());

        assertThat(outcome.lists(1, DEATH))
                .filteredOn(list -> millis(list) < end)
                .hasSizeGreaterThan(40)
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
        assertThat(outcome.lists(1, end + DROPPED))
                .filteredOn(list -> millis(list) < end + 20_000)
                .as("a grace period after the last one")
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.shown()).hasSize(last));
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void theOthersAreNotWaitedForEver(Scenario death) {
        Simulation.Outcome outcome =
                run(returning(death, CLIENTS).at(FIRST + CLIENTS * APART).heal());
        int back = (int) ((LATEST - FIRST) / APART) + 1;

        assertThat(outcome.lists(1, LATEST + 1_000))
                .filteredOn(list -> millis(list) < FIRST + back * APART)
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.shown()).hasSize(back));
        assertThat(outcome.lists(1, FIRST + (CLIENTS - 1) * APART + 1_000))
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
    }

    private static Scenario returning(Scenario death, int count) {
        Scenario returning = death;
        for (int client = 1; client <= count; client++) {
            returning = returning.at(FIRST + (client - 1) * APART).thawClient(client);
        }
        return returning;
    }

    private static Simulation.Outcome run(Scenario scenario) {
        Simulation.Outcome outcome = Simulation.observe(scenario);
        assertThat(outcome.violations()).isEmpty();
        return outcome;
    }

    private static long millis(Observation list) {
        return list.nanos() / 1_000_000;
    }
}
