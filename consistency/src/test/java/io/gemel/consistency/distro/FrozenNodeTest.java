package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.distro.simulation.Observation;
import io.gemel.consistency.distro.simulation.Scenario;
import io.gemel.consistency.distro.simulation.Simulation;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A node that was stopped knows less than its peers: it waits until it knows again. */
class FrozenNodeTest {
    private static final int CLIENTS = 6;
    private static final long FROZEN_MILLIS = 4_000;
    private static final List<Long> LENGTHS_MILLIS = List.of(9_000L, 12_000L, 30_000L);
    private static final List<Long> SOON_MILLIS = List.of(0L, 1L, 3L, 10L);

    static Stream<Scenario> scenarios() {
        return LongStream.rangeClosed(1, 5)
                .boxed()
                .flatMap(seed -> LENGTHS_MILLIS.stream()
                        .map(length -> thawedAfter(length, opened(seed).freeze(1))));
    }

    static Stream<Scenario> scenariosWithDeaths() {
        return LongStream.rangeClosed(1, 5)
                .boxed()
                .flatMap(seed -> LENGTHS_MILLIS.stream()
                        .map(length -> thawedAfter(length, killed(opened(seed).freeze(1)))));
    }

    static Stream<Scenario> scenariosOfAStart() {
        return LongStream.rangeClosed(1, 5)
                .boxed()
                .flatMap(seed -> SOON_MILLIS.stream().map(soon -> stoppedAfterItsStart(soon, opened(seed))));
    }

    /** What it has not heard in that time it may have missed because it was stopped. */
    @ParameterizedTest
    @MethodSource("scenariosOfAStart")
    void aNodeThatIsStoppedAsItStartsDoesNotTakeItsPeersForDown(Scenario scenario) {
        Simulation.Outcome outcome = Simulation.observe(scenario);

        assertThat(outcome.violations()).isEmpty();
        List<Observation> lists = outcome.lists(1, FROZEN_MILLIS);
        assertThat(lists).allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
        assertThat(lists).extracting(Observation::node).contains("s1");
    }

    @ParameterizedTest
    @MethodSource("scenariosWithDeaths")
    void whatDiedMeanwhileDoesNotComeBackWhenTheNodeGoesOn(Scenario scenario) {
        Simulation.Outcome outcome = Simulation.observe(scenario);

        assertThat(outcome.violations()).isEmpty();
        long gone = FROZEN_MILLIS + 8_500; // of all that a dead node held
        assertThat(outcome.lists(1, gone))
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.shown()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void whatLivesIsListedThroughoutByWhoeverAnswers(Scenario scenario) {
        Simulation.Outcome outcome = Simulation.observe(scenario);

        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.lists(1, FROZEN_MILLIS))
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
        Set<String> answering =
                outcome.lists(1, FROZEN_MILLIS).stream().map(Observation::node).collect(Collectors.toSet());
        assertThat(answering).containsExactlyInAnyOrder("s1", "s2", "s3");
    }

    private static Scenario opened(long seed) {
        Scenario opened = Scenario.of(3, seed).at(1_000);
        for (int client = 1; client <= CLIENTS; client++) {
            opened = opened.open(client).register(client, 1, 1);
        }
        return opened.at(FROZEN_MILLIS);
    }

    private static Scenario stoppedAfterItsStart(long millis, Scenario scenario) {
        return scenario.crash(1)
                .at(FROZEN_MILLIS + 500)
                .start(1)
                .at(FROZEN_MILLIS + 500 + millis)
                .freeze(1)
                .at(FROZEN_MILLIS + 4_000)
                .thaw(1)
                .at(FROZEN_MILLIS + 10_000)
                .heal();
    }

    private static Scenario killed(Scenario scenario) {
        Scenario killed = scenario.at(FROZEN_MILLIS + 500);
        for (int client = 1; client <= CLIENTS; client++) {
            killed = killed.kill(client);
        }
        return killed;
    }

    private static Scenario thawedAfter(long millis, Scenario scenario) {
        return scenario.at(FROZEN_MILLIS + millis)
                .thaw(1)
                .at(FROZEN_MILLIS + millis + 10_000)
                .heal();
    }
}
