package io.gemel.consistency.distro.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Promises of ephemeral instances, under schedules of faults made from seeds, and under those that once found a bug. */
class SimulationTest {
    private static final int SAME = 200;
    private static final int FRESH = 100;

    @Test
    void nothingIsViolated() {
        Seeds.chosen(SAME, FRESH).judge(SimulationTest::findings);
    }

    /** Its peers' channels to it sat in gRPC's back-off, which had grown to two minutes. */
    @Test
    void aNodeThatWasDownForAMinuteIsReadySoonAfterItsRestart() {
        Scenario scenario = Scenario.of(3, 694L).at(3_662).stop(3).at(55_303).watch(1, 3);

        assertThat(findings(scenario)).isEmpty();
    }

    /** It was taken for a member when it began to start, and not any more when it asked again: then it took the others for down. */
    @Test
    void aNodeThatIsRemovedWhileItStartsDoesNotAnswerWithoutTheOthers() {
        Scenario scenario =
                Scenario.of(3, 8_054L).at(38_213).remove(3).at(50_384).remove(1).powerOff(1);

        assertThat(findings(scenario)).isEmpty();
    }

    /** When it went on it took all that it had not heard meanwhile for down. */
    @Test
    void aNodeThatIsFrozenWhileItStartsDoesNotAnswerWithoutTheOthers() {
        Scenario scenario = Scenario.of(3, 19_375L)
                .at(22_087)
                .join(4)
                .at(23_094)
                .freeze(4)
                .at(26_239)
                .heal();

        assertThat(findings(scenario)).isEmpty();
    }

    @Test
    void theSameScenarioGivesTheSameRun() {
        Scenario scenario = Scenarios.of(7);

        assertThat(Simulation.observe(scenario)).isEqualTo(Simulation.observe(scenario));
    }

    @Test
    void aFailingSeedIsToldWithTheFewStepsThatDoIt() {
        assertThatThrownBy(() -> Seeds.chosen(1, 0)
                        .judge(scenario -> scenario.steps().stream()
                                .filter(step -> step.kind() == Step.Kind.OPEN)
                                .limit(1)
                                .map(step -> "opened: " + step)
                                .toList()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 of its ")
                .hasMessageContaining("Scenario.of(")
                .hasMessageContaining(".open(");
    }

    private static List<String> findings(Scenario scenario) {
        return Simulation.run(scenario).violations().stream()
                .map(violation -> "simulation: " + violation)
                .toList();
    }
}
