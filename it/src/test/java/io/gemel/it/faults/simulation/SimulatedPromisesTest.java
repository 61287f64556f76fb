package io.gemel.it.faults.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.distro.simulation.Scenario;
import io.gemel.consistency.distro.simulation.Seeds;
import io.gemel.it.faults.check.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The promises about ephemeral instances, in simulated time, judged by the checks that judge runs of processes. */
class SimulatedPromisesTest {
    private static final int SAME = 60;
    private static final int FRESH = 30;

    /** Of the schedules that are always the same, how many at least must give a check enough to decide. */
    private static final int DECIDED_MIN = SAME * 3 / 4;

    private final Map<String, Integer> decided = new HashMap<>();

    @Test
    void everyPromiseHolds() {
        Seeds seeds = Seeds.chosen(SAME, FRESH);
        seeds.judge(scenario -> {
            Trial trial = Trial.of(scenario);
            trial.verdicts().stream()
                    .filter(Verdict::passed)
                    .forEach(verdict -> decided.merge(verdict.check(), 1, Integer::sum));
            return trial.findings();
        });
        if (seeds.count() > 1) {
            Trial.checks()
                    .forEach(check -> assertThat(decided.getOrDefault(check.name(), 0))
                            .as("runs in which there was enough for %s to decide", check.name())
                            .isGreaterThanOrEqualTo(DECIDED_MIN));
        }
    }

    /** It was back within 300 ms, sooner than its client, and answered without what that had registered. */
    @Test
    void aServerThatIsBackBeforeItsClientsMissesNoneOfThem() {
        Scenario scenario = Scenario.of(3, 7_700_000_243L)
                .at(15_804)
                .open(1)
                .register(1, 2, 2)
                .at(20_966)
                .crash(1);

        assertThat(Trial.of(scenario).findings()).isEmpty();
    }

    /** One that could not hear the client's server had taken it over as suspect, and dropped that server's origin. */
    @Test
    void whatWasDeregisteredWhileServersWereCutOffIsSuspectToNobodyAfterwards() {
        Scenario scenario = Scenario.of(3, 8_800_027_737L)
                .guarded(300_000)
                .at(1_000)
                .open(4)
                .register(4, 1, 2)
                .open(5)
                .register(5, 1, 2)
                .at(5_617)
                .cut(3, 2)
                .at(18_998)
                .deregister(4, 1, 2);

        assertThat(Trial.of(scenario).findings()).isEmpty();
    }

    /** Its client had registered it anew at a server that the others did not hear, and then from a new session at the one that heard nobody. */
    @Test
    void whatIsStaleDoesNotComeBackWhereItsSuccessorIsDeregistered() {
        Scenario scenario = Scenario.of(3, 8_800_014_985L)
                .at(1_000)
                .open(2)
                .register(2, 3, 1)
                .at(3_073)
                .isolate(1)
                .at(3_074)
                .register(2, 3, 1)
                .at(3_131)
                .silence(2)
                .at(3_132)
                .open(2)
                .register(2, 3, 1)
                .at(6_423)
                .deregister(2, 3, 1);

        assertThat(Trial.of(scenario).findings()).isEmpty();
    }

    static Stream<Scenario> situations() {
        return Situations.all().stream();
    }

    @ParameterizedTest
    @MethodSource("situations")
    void everyPromiseHoldsInWhatRandomRunsRarelyMeet(Scenario scenario) {
        List<String> findings = Trial.of(scenario).findings();

        assertThat(findings).isEmpty();
    }
}
