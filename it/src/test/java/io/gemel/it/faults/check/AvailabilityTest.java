package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Op;
import org.junit.jupiter.api.Test;

/** AP5: who is reached accepts. */
class AvailabilityTest {
    private final Story story =
            new Story().opens(0, "a", "s1").opens(0, "b", "s2").opens(0, "c", "s3");

    @Test
    void bothSidesOfAPartitionAccept() {
        story.fault(1_000, 9_000, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.registers(5_000, "a", live(1, "a-1"))
                .registers(5_000, "b", live(2, "b-1"))
                .list(6_000, "s1");

        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge().figures())
                .containsEntry("registrations ok at s1", "1 of 1 (1 during faults)")
                .containsEntry("lists ok at s1", "1 of 1 (1 during faults)");
    }

    @Test
    void aMinorityThatRefusesIsFound() {
        story.fault(1_000, 9_000, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1").list(1_100, "s3");
        refused(5_000, "a", 1).registers(5_000, "b", live(2, "b-1"));
        assertThat(judge().outcome()).as("one may fail").isEqualTo(Outcome.HOLDS);

        refused(6_000, "a", 3);
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge().summary()).contains("s1 could be reached and refused 2 of 2 registrations", "UNAVAILABLE");
    }

    @Test
    void listsThatAreRefusedAreFound() {
        story.registers(100, "a", live(1, "a-1"));
        story.op(1_000, "reader-s2", Op.LIST, Story.SERVICE).at("s2").info(4_000);
        story.op(5_000, "reader-s2", Op.LIST, Story.SERVICE).at("s2").fail(5_100);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge().summary()).contains("s2 could be reached and refused 2 of 2 lists");
    }

    @Test
    void aLinearizableListMayBeRefused() {
        story.registers(100, "a", live(1, "a-1"));
        story.op(1_000, "p", Op.LIST, Story.SERVICE)
                .at("s2")
                .value("linearizable")
                .fail(1_100);
        story.op(2_000, "p", Op.LIST, Story.SERVICE).at("s2").expected(7).fail(2_100);
        story.op(3_000, "p", Op.LIST, Story.SERVICE).at("s2").expected(7).fail(3_100);

        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whoIsHarmedOrCutOffIsExcused() {
        story.registers(100, "a", live(1, "a-1"));
        story.fault(1_000, 2_000, "kill-one", "s1");
        refused(1_100, "a", 1);
        refused(2_500, "a", 2);
        story.fault(20_000, 30_000, "cut-client", "c1");
        refused(21_000, "b", 3);
        refused(22_000, "b", 4);
        story.op(23_000, "c2-reader", Op.LIST, Story.SERVICE).at("s2").ok(23_100, 1);

        assertThat(judge().outcome()).as(judge().toString()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void theDeadAndTheFrozenAreExcused() {
        story.registers(100, "a", live(1, "a-1")).freeze(1_000, 5_000, "a").kill(9_000, "a");
        refused(999, "a", 1);
        refused(5_100, "a", 2);
        refused(8_999, "a", 3);

        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void withoutRegistrationsNothingIsDecided() {
        assertThat(judge().outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    private Story refused(long millis, String client, int number) {
        return story.op(millis, client, Op.REGISTER, Story.SERVICE + "#10.9.0." + number + ":80/c")
                .value(client + "-x" + number)
                .info(millis + 100);
    }

    private Verdict judge() {
        return Checks.availability().verdict(story.evidence());
    }
}
