package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.distro.simulation.NodeState;
import io.gemel.consistency.distro.simulation.Observation;
import io.gemel.consistency.distro.simulation.Observation.Op;
import io.gemel.consistency.distro.simulation.Observation.Stage;
import io.gemel.consistency.distro.simulation.Scenario;
import io.gemel.consistency.distro.simulation.Simulation;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every node must show, moment by moment, while one known fault is in force. */
class DistroFaultsTest {
    private static final int CLIENTS = 6;
    private static final long FAULT_MILLIS = 4_000;
    private static final long MINUTE_MILLIS = 60_000;

    static Stream<Scenario> clusters() {
        return LongStream.rangeClosed(1, 5).mapToObj(seed -> {
            Scenario opened = Scenario.of(3, seed).at(1_000);
            for (int client = 1; client <= CLIENTS; client++) {
                opened = opened.open(client).register(client, 1, 1);
            }
            return opened.at(FAULT_MILLIS);
        });
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whatLivesIsNeverMissingWhenItsServerDies(Scenario cluster) {
        Simulation.Outcome outcome = Simulation.observe(cluster.crash(1)
                .at(FAULT_MILLIS + 12_000)
                .start(1)
                .at(FAULT_MILLIS + 20_000)
                .heal());

        assertNothingMissingAtTheOthers(outcome);
        assertThat(at("s1", outcome.lists(1, FAULT_MILLIS)))
                .as("it answers once it has caught up, and not before")
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whatLivesIsNeverMissingWhenItsServerIsRestartedAtOnce(Scenario cluster) {
        Simulation.Outcome outcome = Simulation.observe(cluster.crash(1)
                .at(FAULT_MILLIS + 10)
                .start(1)
                .at(FAULT_MILLIS + 15_000)
                .heal());

        assertNothingMissingAtTheOthers(outcome);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whoIsCutOffFromItsServerAloneIsNeverMissing(Scenario cluster) {
        Scenario cutOff = cluster;
        for (int client = 1; client <= CLIENTS; client++) {
            cutOff = cutOff.at(FAULT_MILLIS + client * 700L).cutClient(client, 1);
        }
        Simulation.Outcome outcome =
                Simulation.observe(cutOff.at(FAULT_MILLIS + 20_000).heal());

        assertNothingMissingAtTheOthers(outcome);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void aMinorityExpiresNothingKeepsAcceptingAndSaysWhatItIs(Scenario cluster) {
        Scenario cutOff = cluster.isolate(3).at(FAULT_MILLIS + 1_000);
        for (int client = 1; client <= CLIENTS; client++) {
            cutOff = cutOff.register(client, 2, 1);
        }
        Simulation.Outcome outcome =
                Simulation.observe(cutOff.at(FAULT_MILLIS + MINUTE_MILLIS).heal());

        assertThat(outcome.violations()).isEmpty();
        assertThat(at("s3", outcome.lists(1, FAULT_MILLIS)))
                .hasSizeGreaterThan(100)
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
        assertShownAtOnce(outcome);
        assertThat(states("s3", outcome, FAULT_MILLIS + 5_000, FAULT_MILLIS + MINUTE_MILLIS))
                .isNotEmpty()
                .allSatisfy(state ->
                        assertThat(state.status().orElseThrow().reason()).contains("sees no majority"));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whatWasLeftOnDeadNodesDoesNotComeBackInTheMinorityThatRemains(Scenario cluster) {
        long withdrawn = FAULT_MILLIS + 12_000;
        Scenario alone = cluster.crash(1).crash(2).at(withdrawn);
        for (int client = 1; client <= CLIENTS; client++) {
            alone = alone.deregister(client, 1, 1);
        }
        Simulation.Outcome outcome =
                Simulation.observe(alone.at(withdrawn + 15_000).heal());

        assertThat(outcome.violations()).isEmpty();
        assertThat(at("s3", outcome.lists(1, FAULT_MILLIS)))
                .filteredOn(list -> list.nanos() / 1_000_000 < withdrawn)
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
        assertThat(outcome.lists(1, withdrawn + 500))
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.shown()).isEmpty());
    }

    private static void assertNothingMissingAtTheOthers(Simulation.Outcome outcome) {
        assertThat(outcome.violations()).isEmpty();
        List<Observation> lists = outcome.lists(1, FAULT_MILLIS);
        assertThat(Stream.of("s2", "s3").map(node -> at(node, lists)))
                .allSatisfy(answers -> assertThat(answers)
                        .hasSizeGreaterThan(40)
                        .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS)));
    }

    /** Whoever answers at the node that accepted a registration shows it from then on. */
    private static void assertShownAtOnce(Simulation.Outcome outcome) {
        List<Observation> accepted = outcome.observations().stream()
                .filter(seen -> seen.op() == Op.REGISTER && seen.stage() == Stage.OK)
                .filter(seen -> seen.key().contains("service-2#"))
                .toList();
        assertThat(accepted).hasSize(CLIENTS).extracting(Observation::node).contains("s3");
        for (Observation registration : accepted) {
            assertThat(at(registration.node(), outcome.lists(2, registration.nanos() / 1_000_000 + 1)))
                    .isNotEmpty()
                    .allSatisfy(list -> assertThat(list.shown())
                            .anyMatch(shown -> registration.key().endsWith("#" + shown.key())));
        }
    }

    private static List<Observation> at(String node, List<Observation> lists) {
        return lists.stream().filter(list -> list.node().equals(node)).toList();
    }

    private static List<NodeState> states(String node, Simulation.Outcome outcome, long fromMillis, long toMillis) {
        return outcome.states().stream()
                .filter(state -> state.node().equals(node))
                .filter(state -> state.nanos() / 1_000_000 > fromMillis && state.nanos() / 1_000_000 < toMillis)
                .toList();
    }
}
