package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Seen;
import org.junit.jupiter.api.Test;

/** AP3: what every node has shown to be gone stays so. */
class ResurrectionTest {
    private static final Seen A = live(1, "a-1");

    private final Story story =
            new Story().opens(0, "a", "s1").registers(100, "a", A).lists(1_500, 2_000, 100, A);

    @Test
    void itMayLingerOnSomeNodes() {
        story.deregisters(2_000, "a", A).list(2_100, "s1").list(2_100, "s2", A).list(2_100, "s3", A);
        story.list(2_300, "s2")
                .list(2_300, "s1", A)
                .list(2_400, "s3")
                .list(2_500, "s1")
                .lists(2_600, 4_000, 500);

        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge().figures()).containsEntry("shown absent by every node", "1");
    }

    @Test
    void itMayNotReturn() {
        story.deregisters(2_000, "a", A)
                .lists(2_100, 3_000, 500)
                .list(3_500, "s2", A)
                .list(3_600, "s2", A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge().findings()).hasSize(1);
        assertThat(judge().summary()).contains("s2 listed a-1", "at 3.500 s again", "shown it absent by 2.107 s");
    }

    @Test
    void theReturnOfItsClientIsNoResurrection() {
        story.freeze(2_000, 9_000, "a").lists(6_000, 9_000, 500).lists(10_000, 11_000, 500, A);
        assertThat(judge().outcome()).as("nothing died for good").isEqualTo(Outcome.UNDECIDED);

        story.kill(12_000, "a").lists(15_000, 16_000, 500).list(17_000, "s3", A);
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void whatADyingClientHadSentThroughAFaultMayArriveLate() {
        story.fault(1_900, 9_000, "partition-halves", "s1>s2,s2>s1")
                .kill(2_000, "a")
                .lists(7_000, 8_500, 500);
        story.list(9_500, "s2", A);
        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);

        story.list(16_500, "s2", A);
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aFaultIsNoExcuseForWhatWasTakenBack() {
        story.fault(1_900, 9_000, "partition-halves", "s1>s2,s2>s1").deregisters(2_000, "a", A);
        story.lists(7_000, 8_500, 500).list(9_500, "s2", A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aServerThatLeavesIsNotToldOfWhatGoesMeanwhile() {
        s4Leaves();
        story.lists(2_100, 2_500, 100).list(3_000, "s4", A);

        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whatAServerThatLeavesHasShownToBeGoneStaysSo() {
        s4Leaves();
        story.list(2_050, "s4").lists(2_100, 2_500, 100).list(3_000, "s4", A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    /** s4 is a member from 1 s to 1.9 s and goes on for two seconds more, in which a is deregistered. */
    private void s4Leaves() {
        story.fault(500, 1_000, "membership", "s4 joins")
                .list(1_500, "s4", A)
                .fault(1_900, 4_000, "membership", "s4 leaves")
                .deregisters(2_000, "a", A);
    }

    private Verdict judge() {
        return Checks.resurrection().verdict(story.evidence());
    }
}
