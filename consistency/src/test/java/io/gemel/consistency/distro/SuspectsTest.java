package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.distro.simulation.Observation;
import io.gemel.consistency.distro.simulation.Observation.Shown;
import io.gemel.consistency.distro.simulation.Scenario;
import io.gemel.consistency.distro.simulation.Simulation;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every node shows, moment by moment, of instances that are lost together. Time passes in simulation, with real clients; the guard there
 * acts on more than a third of two instances or more.
 */
class SuspectsTest {
    private static final int CLIENTS = 12; // two at each server at least, with these seeds
    private static final long FAULT = 6_000;

    /** Until a lost session is over, or a dead node's entries are dropped, and everybody knows. */
    private static final long FOUND = FAULT + 3_000;

    private static final long DROPPED = FAULT + 10_000;

    private static final int HOLD = 40_000;

    static Stream<Scenario> clusters() {
        return LongStream.rangeClosed(3, 7)
                .mapToObj(seed -> all(
                                Scenario.of(3, seed).guarded(HOLD).at(1_000),
                                (scenario, client) -> scenario.open(client).register(client, 1, 1))
                        .at(FAULT));
    }

    private interface Each {
        Scenario then(Scenario scenario, int client);
    }

    private static Scenario all(Scenario scenario, Each each) {
        Scenario all = scenario;
        for (int client = 1; client <= CLIENTS; client++) {
            all = each.then(all, client);
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void allClientsThatAreLostAtOnceStayAsSuspectForAWhileAndThenGo(Scenario cluster) {
        Simulation.Outcome outcome = run(all(cluster, Scenario::kill).at(FAULT + HOLD + 20_000));

        assertThat(states(outcome, FAULT, FAULT + HOLD)).allMatch(state -> state.shown() == CLIENTS);
        assertThat(states(outcome, FOUND, FAULT + HOLD)).allMatch(state -> state.suspect() == CLIENTS);
        assertThat(states(outcome, FAULT + HOLD + 5_000, Long.MAX_VALUE))
                .isNotEmpty()
                .allMatch(state -> state.shown() == 0);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whoDiesTogetherWithItsServerStaysAsSuspectAtTheOthersAndThenGoes(Scenario cluster) {
        Simulation.Outcome outcome =
                run(all(cluster.powerOff(1), Scenario::silence).at(DROPPED + HOLD + 15_000));

        assertThat(states(outcome, FAULT, DROPPED + HOLD - 10_000)).allMatch(state -> state.shown() == CLIENTS);
        assertThat(states(outcome, FAULT + 12_000, FAULT + HOLD)).allMatch(state -> state.suspect() == CLIENTS);
        assertThat(states(outcome, DROPPED + HOLD + 5_000, Long.MAX_VALUE))
                .isNotEmpty()
                .allMatch(state -> state.shown() == 0);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void aSingleClientsDeathIsSeenAtOnce(Scenario cluster) {
        Simulation.Outcome outcome = run(cluster.kill(1).at(FAULT + 15_000));

        assertThat(states(outcome, FOUND, Long.MAX_VALUE))
                .allMatch(state -> state.shown() == CLIENTS - 1 && state.suspect() == 0);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whoSaysGoodbyeIsGoneAtOnceHoweverManyDo(Scenario cluster) {
        Simulation.Outcome outcome = run(all(cluster, Scenario::close).at(FAULT + 15_000));

        assertThat(states(outcome, FOUND, Long.MAX_VALUE)).isNotEmpty().allMatch(state -> state.shown() == 0);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whoComesBackIsListedAgainWithoutAGap(Scenario cluster) {
        long back = FAULT + 6_000;
        Simulation.Outcome outcome = run(all(
                        all(cluster, Scenario::kill).at(back),
                        (scenario, client) -> scenario.open(client).register(client, 1, 1))
                .at(back + HOLD + 10_000));

        assertThat(states(outcome, FAULT, Long.MAX_VALUE)).allMatch(state -> state.shown() == CLIENTS);
        assertThat(states(outcome, back + 2_000, Long.MAX_VALUE)).allMatch(state -> state.suspect() == 0);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whoIsFrozenForAWhileIsListedAgainWithoutAGap(Scenario cluster) {
        long back = FAULT + 15_000;
        Simulation.Outcome outcome =
                run(all(all(cluster, Scenario::freezeClient).at(back), Scenario::thawClient)
                        .at(back + HOLD + 10_000));

        assertThat(states(outcome, FAULT, Long.MAX_VALUE)).allMatch(state -> state.shown() == CLIENTS);
        assertThat(states(outcome, back + 3_000, Long.MAX_VALUE)).allMatch(state -> state.suspect() == 0);
    }

    /** The new process may well be at another server than the one that holds the suspect. */
    @ParameterizedTest
    @MethodSource("clusters")
    void whatComesBackAndIsTakenBackIsGoneAtOnceAndStaysSo(Scenario cluster) {
        taken(cluster, scenario -> scenario.deregister(1, 1, 1));
        taken(cluster, scenario -> scenario.close(1));
        taken(cluster, scenario -> scenario.kill(1)); // long enough after the others to be one client's death
    }

    private static void taken(Scenario cluster, UnaryOperator<Scenario> back) {
        Scenario returned = all(cluster, Scenario::kill)
                .at(FAULT + 6_000)
                .open(1)
                .register(1, 1, 1)
                .at(FAULT + 20_000);
        Simulation.Outcome outcome = run(back.apply(returned).at(FAULT + HOLD));

        assertThat(states(outcome, FAULT + 23_000, FAULT + HOLD))
                .isNotEmpty()
                .allMatch(state -> state.shown() == CLIENTS - 1 && !state.first());
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whoeverHoldsThemDiesTheyStay(Scenario cluster) {
        for (int node = 1; node <= 3; node++) {
            Simulation.Outcome outcome = run(
                    all(cluster, Scenario::kill).at(FAULT + 5_000).crash(node).at(FAULT + 5_000 + HOLD));

            String crashed = "s" + node;
            assertThat(states(outcome, FAULT, FAULT + HOLD))
                    .filteredOn(list -> !list.node().equals(crashed))
                    .allMatch(state -> state.shown() == CLIENTS);
        }
    }

    /** What died meanwhile the others have dropped, or hold as suspect: the node that was cut off brings nothing back. */
    @ParameterizedTest
    @MethodSource("clusters")
    void aNodeThatWasCutOffBringsNothingBack(Scenario cluster) {
        long healed = FAULT + 2 * HOLD + 10_000;
        Simulation.Outcome outcome = run(all(cluster.isolate(1).at(FAULT + 5_000), Scenario::kill)
                .at(healed)
                .heal()
                .at(healed + 25_000));

        assertThat(states(outcome, healed - 1_000, Long.MAX_VALUE))
                .filteredOn(list -> !list.node().equals("s1"))
                .isNotEmpty()
                .allMatch(state -> state.shown() == 0);
    }

    private static Simulation.Outcome run(Scenario scenario) {
        Simulation.Outcome outcome = Simulation.observe(scenario.heal());
        assertThat(outcome.violations()).isEmpty();
        return outcome;
    }

    /**
     * What a node showed at some time.
     *
     * @param first whether the first client's instance was among it
     */
    private record State(String node, long millis, int shown, long suspect, boolean first) {
        static State of(Observation list) {
            return new State(
                    list.node(),
                    list.nanos() / 1_000_000,
                    list.shown().size(),
                    list.shown().stream().filter(Shown::suspect).count(),
                    list.shown().stream().anyMatch(shown -> shown.key().startsWith("10.0.0.1:")));
        }
    }

    private static List<State> states(Simulation.Outcome outcome, long fromMillis, long toMillis) {
        return outcome.lists(1, fromMillis).stream()
                .map(State::of)
                .filter(state -> state.millis() < toMillis)
                .toList();
    }
}
