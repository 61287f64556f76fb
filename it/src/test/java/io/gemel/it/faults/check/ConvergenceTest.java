package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.kept;
import static io.gemel.it.faults.check.Story.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Seen;
import org.junit.jupiter.api.Test;

/** AP4: after healing all nodes show the truth. Convergence takes 3 s, to be gone 4 s. */
class ConvergenceTest {
    private static final Seen A = live(1, "a-1");
    private static final Seen B = live(2, "b-1");

    private final Story story = new Story()
            .opens(0, "a", "s1")
            .registers(100, "a", A)
            .lists(1_500, 2_000, 100, A)
            .fault(2_000, 6_000, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");

    @Test
    void theTimeToTheLastWrongListIsMeasured() {
        story.list(6_100, "s1", A)
                .list(6_100, "s2")
                .list(6_100, "s3")
                .list(7_000, "s2", A)
                .list(7_500, "s3", A);
        story.phase(10_000, "final").lists(10_100, 10_200, 500, A);

        assertThat(judge().outcome()).as(judge().toString()).isEqualTo(Outcome.HOLDS);
        assertThat(judge().figures())
                .containsEntry("convergence after healing", "p50 1.0 s, p99 1.5 s, max 1.5 s (of 3)");
    }

    @Test
    void aNodeThatLacksWhatLivesIsFound() {
        story.lists(6_100, 8_000, 500, A).list(9_100, "s2").list(9_500, "s2", A);
        story.phase(10_000, "final").lists(10_100, 10_200, 500, A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge().summary()).contains("s2 had not converged", "by 9.000 s", "it lacked a-1");
    }

    @Test
    void aClientThatIsCutOffItselfMayTakeLonger() {
        story.lists(6_100, 9_500, 500).lists(10_500, 11_000, 250, A).phase(11_000, "final");
        story.lists(11_100, 11_200, 500, A).fault(5_000, 9_000, "cut-client", "c2");
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);

        story.fault(5_001, 9_000, "cut-client", "c1");
        assertThat(judge().outcome()).as(judge().toString()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aNodeThatKeepsWhatIsDeadIsFound() {
        story.kill(3_000, "a").lists(6_100, 9_800, 500, A).lists(10_500, 12_000, 500, A);
        story.phase(12_000, "final").lists(12_100, 12_200, 500);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge().summary()).contains("it still had a-1");
    }

    @Test
    void aNodeThatDoesNotAnswerIsFound() {
        story.list(6_100, "s1", A).list(6_100, "s2", A);
        story.phase(10_000, "final").list(10_100, "s1", A).list(10_200, "s2", A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge().summary()).contains("s3 had not converged", "it gave no answer");
    }

    @Test
    void nodesThatDifferInTheEndAreFoundAlsoInWhatIsPersistent() {
        story.lists(6_100, 9_500, 500, A).phase(10_000, "final");
        story.list(10_100, "s1", A, kept(1, "p", 7)).list(10_100, "s2", A).list(10_100, "s3", A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge().summary()).contains("s1 and s2 differ", "only the first shows [10.1.0.1:80/c=p]");
    }

    @Test
    void aCalmThatIsTooShortDecidesNothing() {
        story.list(6_100, "s2").fault(7_000, 8_000, "kill-one", "s2").list(8_500, "s2");
        story.phase(9_000, "final").list(9_100, "s1", B).list(9_100, "s2", B).registers(9_000, "a", B);

        assertThat(judge().outcome()).as(judge().toString()).isEqualTo(Outcome.UNDECIDED);
    }

    @Test
    void withoutAFinalPhaseNothingIsDecided() {
        story.lists(6_100, 10_000, 500, A);

        assertThat(judge().outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    private Verdict judge() {
        return Checks.convergence().verdict(story.evidence());
    }
}
