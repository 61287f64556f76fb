package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import org.junit.jupiter.api.Test;

/** AP2: the dead are not listed. Sync takes 1 s, to be gone 4 s, convergence 3 s. */
class ZombiesTest {
    private static final Seen A = live(1, "a-1");

    private final Story story =
            new Story().opens(0, "a", "s1").registers(100, "a", A).lists(1_500, 2_000, 100, A);

    @Test
    void whatAKilledClientHeldMayBeListedForAWhile() {
        story.kill(2_000, "a").lists(2_100, 5_900, 500, A).lists(6_100, 8_000, 500);

        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge().figures()).containsEntry("ends judged", "1");
    }

    @Test
    void whatAKilledClientHeldIsFoundBeyondTheBound() {
        story.kill(2_000, "a").lists(2_100, 5_900, 500, A).list(6_200, "s3", A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge().summary()).contains("s3 still listed a-1", "4.2 s after its KILL at 2.000 s");
    }

    @Test
    void aGoodbyeHasLessTime() {
        story.deregisters(2_000, "a", A).list(2_500, "s2", A).lists(3_200, 4_000, 500);
        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);

        story.list(4_500, "s2", A);
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void whatWasReplacedIsAsDead() {
        story.registers(2_000, "a", live(1, "a-2")).lists(3_200, 4_000, 500, A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aFrozenClientIsAsDeadUntilItReturns() {
        story.freeze(2_000, 9_000, "a").lists(2_100, 5_500, 500, A).lists(6_500, 8_500, 500);
        story.lists(9_100, 10_000, 500, A);
        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);

        story.list(8_600, "s1", A);
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aClosedClientMayNeverHaveBeenHeard() {
        story.op(2_000, "a", Op.CLOSE, "").ok(2_100).lists(2_200, 5_900, 500, A).lists(6_200, 7_000, 500);
        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);

        story.list(7_000, "s1", A);
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aFaultPutsTheEndOffUntilSomeTimeAfterItsHealing() {
        story.kill(2_000, "a").fault(3_000, 9_000, "pause-leader", "s1").list(8_000, "s2", A);
        story.list(12_500, "s1", A).lists(13_500, 14_000, 500);
        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);

        story.list(14_000, "s1", A);
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void theKillingOfClientsIsNoExcuse() {
        story.kill(2_000, "a").fault(1_999, 60_000, "kill-client", "c1").list(6_500, "s2", A);

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aWriteOfUnknownOutcomeMayOutliveItsRemovalButNotItsClient() {
        Seen late = live(2, "a-9");
        String key = Story.SERVICE + "#" + late.key();
        story.op(2_000, "a", Op.REGISTER, key).value("a-9").info(2_100).deregisters(2_200, "a", late);
        story.list(9_000, "s1", A, late);
        story.deregisters(9_500, "a", A).lists(11_000, 11_500, 500, late);
        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);

        story.kill(12_000, "a").list(17_000, "s1", late);
        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void withoutEndsNothingIsDecided() {
        assertThat(judge().outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    private Verdict judge() {
        return Checks.zombies().verdict(story.evidence());
    }
}
