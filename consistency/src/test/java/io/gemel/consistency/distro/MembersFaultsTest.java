package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.distro.simulation.NodeState;
import io.gemel.consistency.distro.simulation.Observation;
import io.gemel.consistency.distro.simulation.Scenario;
import io.gemel.consistency.distro.simulation.Simulation;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What nodes must show, moment by moment, while the members change. */
class MembersFaultsTest {
    private static final int CLIENTS = 6;
    private static final long BEGIN_MILLIS = 4_000;

    static Stream<Scenario> clusters() {
        return LongStream.rangeClosed(1, 5).mapToObj(seed -> {
            Scenario opened = Scenario.of(3, seed).at(1_000);
            for (int client = 1; client <= CLIENTS; client++) {
                opened = opened.open(client).register(client, 1, 1);
            }
            return opened.at(BEGIN_MILLIS);
        });
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void nothingIsMissingAnywhereWhenANodeJoins(Scenario cluster) {
        Simulation.Outcome outcome =
                Simulation.observe(cluster.join(4).at(BEGIN_MILLIS + 10_000).heal());

        assertNothingMissing(outcome);
        assertThat(at("s4", outcome)).hasSizeGreaterThan(10);
        assertThat(states("s4", outcome, BEGIN_MILLIS + 4_000, BEGIN_MILLIS + 10_000))
                .as("a moment after it is up and the others know it")
                .isNotEmpty()
                .allMatch(state -> state.status().orElseThrow().ready());
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void nothingIsMissingAnywhereWhenANodeIsRemoved(Scenario cluster) {
        Simulation.Outcome outcome =
                Simulation.observe(cluster.remove(1).at(BEGIN_MILLIS + 20_000).heal());

        assertNothingMissing(outcome);
        assertThat(states("s2", outcome, BEGIN_MILLIS + 15_000, BEGIN_MILLIS + 20_000))
                .isNotEmpty()
                .allSatisfy(state -> assertThat(state.status().orElseThrow().origins())
                        .extracting(origin -> origin.node())
                        .containsExactly("s2", "s3"));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void nothingIsMissingAnywhereWhenAllNodesButOneAreReplaced(Scenario cluster) {
        Scenario replaced = cluster;
        for (int old = 1; old <= 2; old++) {
            long begin = BEGIN_MILLIS + (old - 1) * 20_000L;
            replaced = replaced.at(begin).join(3 + old).at(begin + 8_000).remove(old);
        }
        Simulation.Outcome outcome =
                Simulation.observe(replaced.at(BEGIN_MILLIS + 50_000).heal());

        assertNothingMissing(outcome);
        assertThat(states("s4", outcome, BEGIN_MILLIS + 45_000, BEGIN_MILLIS + 50_000))
                .isNotEmpty()
                .allSatisfy(state -> assertThat(state.status().orElseThrow().members())
                        .extracting(member -> member.id() + " " + member.state())
                        .containsExactly("s3 alive", "s4 self", "s5 alive"));
    }

    /** Nobody can take it in, but who is there has something to show. */
    @ParameterizedTest
    @MethodSource("clusters")
    void aNodeThatIsNotTakenInAnswersNothing(Scenario cluster) {
        long end = BEGIN_MILLIS + 30_000;
        Simulation.Outcome outcome = Simulation.observe(cluster.crash(1)
                .crash(2)
                .at(BEGIN_MILLIS + 5_000)
                .join(4)
                .at(end)
                .heal());

        assertThat(outcome.violations()).isEmpty();
        assertThat(at("s4", outcome))
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.nanos() / 1_000_000).isGreaterThan(end))
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
    }

    /** Its clients reach it alone until the healing: then they are told to move. */
    @ParameterizedTest
    @MethodSource("clusters")
    void whatIsLeftOnANodeThatWasRemovedWhileItWasCutOffGoesAndComesBackWithItsClients(Scenario cluster) {
        long healed = BEGIN_MILLIS + 30_000;
        Simulation.Outcome outcome =
                Simulation.observe(cluster.isolate(1).remove(1).at(healed).heal());

        assertThat(outcome.violations()).isEmpty();
        assertThat(states("s2", outcome, BEGIN_MILLIS + 15_000, healed))
                .isNotEmpty()
                .allSatisfy(state -> assertThat(state.status().orElseThrow().origins())
                        .extracting(origin -> origin.node())
                        .containsExactly("s2", "s3"));
        assertThat(outcome.lists(1, healed + 20_000))
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
    }

    private static void assertNothingMissing(Simulation.Outcome outcome) {
        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.lists(1, BEGIN_MILLIS))
                .hasSizeGreaterThan(80)
                .allSatisfy(list -> assertThat(list.shown()).hasSize(CLIENTS));
    }

    private static List<Observation> at(String node, Simulation.Outcome outcome) {
        return outcome.lists(1, BEGIN_MILLIS).stream()
                .filter(list -> list.node().equals(node))
                .toList();
    }

    private static List<NodeState> states(String node, Simulation.Outcome outcome, long fromMillis, long toMillis) {
        return outcome.states().stream()
                .filter(state -> state.node().equals(node))
                .filter(state -> state.nanos() / 1_000_000 > fromMillis && state.nanos() / 1_000_000 < toMillis)
                .toList();
    }
}
