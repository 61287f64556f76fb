package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import org.junit.jupiter.api.Test;

/** AP1: what living clients registered is listed. Sync takes 1 s, convergence 3 s. */
class RegistrationsTest {
    private static final Seen A = live(1, "a-1");
    private static final Seen B = live(2, "b-1");
    private static final Seen C = live(3, "c-1");

    private final Story story = new Story().opens(0, "a", "s1").opens(0, "b", "s2");

    @Test
    void whatIsListedEverywhereHolds() {
        story.registers(100, "a", A).registers(200, "b", B).lists(2_000, 10_000, 500, A, B);

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void oneThatIsMissingOnOneNodeIsFound() {
        story.registers(100, "a", A).registers(200, "b", B).lists(2_000, 3_000, 500, A, B);
        story.list(4_000, "s3", A).list(5_000, "s3", A);

        Verdict verdict = Checks.registrations().verdict(story.evidence());

        assertThat(verdict.outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(verdict.summary())
                .contains("s3 did not list b-1", "in 2 lists from 4.000 s to 5.005 s", "acknowledged at 0.210 s");
    }

    @Test
    void othersHaveTimeToLearnOfIt() {
        story.registers(100, "a", A).lists(0, 1_100, 100).lists(1_200, 2_000, 100, A);

        assertThat(judge()).isEqualTo(Outcome.VIOLATED); // s1, where it was acknowledged, had none
        assertThat(Checks.registrations().verdict(story.evidence()).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.what()).startsWith("s1 did not list a-1"));
    }

    @Test
    void anotherIncarnationIsNotTheSame() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A);
        story.registers(3_000, "a", live(1, "a-2")).lists(5_000, 6_000, 500, A);

        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void whatWasTakenBackFailedKilledOrNeverAcknowledgedIsNotMissed() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A).deregisters(3_010, "a", A);
        story.op(100, "b", Op.REGISTER, Story.SERVICE + "#" + B.key())
                .value("b-1")
                .fail(200);
        story.op(300, "b", Op.REGISTER, Story.SERVICE + "#" + B.key())
                .value("b-2")
                .info(400);
        story.opens(500, "c", "s3").registers(600, "c", live(3, "c-1")).kill(1_200, "c");
        story.lists(3_100, 9_000, 500);

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aFrozenClientIsMissedOnlyWhenItHasHadTimeToReturn() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A).freeze(3_010, 8_000, "a");
        story.lists(3_100, 10_900, 500);
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        story.list(12_500, "s2");
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void anAddressThatTwoClientsClaimIsOwedToNeither() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A);
        story.registers(3_010, "b", live(1, "b-9")).lists(5_000, 6_000, 500, A);

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void oneThatWasGivenBackIsOwedToWhoTakesItNext() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A).deregisters(3_010, "a", A);
        story.registers(3_100, "b", live(1, "b-9")).list(5_000, "s1");

        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void butNotOneWhoseOwnerDiedUnheardJustBefore() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A).kill(3_010, "a");
        story.registers(3_100, "b", live(1, "b-9")).list(5_000, "s1", A);

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aNodeThatLostSightOfTheServerNeedNotListItUntilSomeTimeAfterHealing() {
        story.registers(100, "a", A).registers(100, "b", B).lists(2_000, 3_000, 500, A, B);
        story.fault(3_100, 9_000, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");
        // s2 and s3 go on without s1, which keeps all that it knows.
        story.list(8_000, "s1", A, B).list(8_000, "s2", B).list(8_000, "s3", B).list(11_000, "s3", B);
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        story.list(13_500, "s3", B);
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aNodeInTheMinorityExpiresNothing() {
        story.registers(100, "b", B).lists(2_000, 3_000, 500, B);
        story.fault(3_100, 9_000, "isolate-leader", "s1>s2,s1>s3,s2>s1,s3>s1").list(8_500, "s1");

        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void ofAClientThatMovesAwayTheMinorityNeedNotKnow() {
        story.opens(0, "c", "s3").registers(100, "c", C).registers(100, "b", B).lists(2_000, 3_000, 500, B, C);
        story.fault(3_100, 20_000, "isolate-leader", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.freeze(4_000, 8_000, "c").list(14_000, "s1", B);
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        story.list(14_500, "s1");
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aClientThatStoodStillForAMomentBeforeTheCutIsWhereItWas() {
        story.registers(100, "b", B).lists(2_000, 2_900, 300, B).freeze(3_000, 4_500, "b");
        story.fault(5_000, 20_000, "long-partition", "s1>s2,s1>s3,s2>s1,s3>s1").list(14_500, "s2", B);
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        story.list(14_500, "s1"); // the minority
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void norIsOneOfTheOtherSideExcusedByIt() {
        story.registers(100, "b", B).lists(2_000, 2_900, 300, B).freeze(3_000, 4_500, "b");
        story.fault(5_000, 20_000, "long-partition", "s1>s2,s1>s3,s2>s1,s3>s1").list(14_500, "s3");

        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void oneThatStoodStillForLongerMayHaveMoved() {
        story.registers(100, "b", B).lists(2_000, 2_300, 300, B).freeze(2_400, 4_500, "b");
        story.fault(5_000, 20_000, "long-partition", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.list(14_500, "s1").list(14_500, "s2", B).list(14_500, "s3");

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void soMayOneThatHadNoTimeToSpeakBetweenTwoStops() {
        story.registers(100, "b", B).lists(2_000, 2_300, 300, B);
        story.freeze(2_400, 3_500, "b").freeze(3_700, 4_700, "b");
        story.fault(5_000, 20_000, "long-partition", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.list(14_500, "s1").list(14_500, "s2", B);

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void andOneThatOnlyOneOfTwoHasLetGoOn() {
        story.registers(100, "b", B).lists(2_000, 2_300, 300, B);
        story.freeze(2_400, 3_000, "b").freeze(2_600, 4_700, "b");
        story.fault(5_000, 20_000, "long-partition", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.list(14_500, "s1").list(14_500, "s2", B);

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void norOfOneWhoseConnectionsAreReset() {
        story.registers(100, "b", B).lists(2_000, 3_000, 500, B);
        story.fault(3_100, 20_000, "isolate-leader", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.fault(4_000, 4_000, "reset", "c1").list(14_000, "s1").list(14_000, "s2", B);

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aClientWhoseConnectionsAreResetComesBackBeforeItIsMissed() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A);
        story.fault(3_100, 9_000, "reset-clients", "c1 every 3000 ms").list(8_000, "s2");

        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void unlessItFindsNoServerThatIsWell() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A);
        story.fault(3_100, 9_000, "reset-clients", "c1 every 3000 ms").fault(3_000, 4_000, "kill-one", "s2");
        story.list(8_000, "s3");

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void faultsOneAfterTheOtherExcuseNoMoreThanEachAlone() {
        story.registers(100, "b", B).lists(2_000, 3_000, 500, B);
        story.fault(3_100, 4_000, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.fault(5_000, 6_000, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.fault(7_000, 9_000, "partition-halves", "s3>s1,s3>s2,s1>s3,s2>s3").list(8_500, "s1");

        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void whatCameWhileANodeWasCutOffItNeedNotKnowWhenTheNextFaultFollowsAtOnce() {
        story.lists(100, 900, 100).fault(1_000, 3_500, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.registers(1_100, "b", B).fault(3_501, 12_000, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.list(11_000, "s1").list(11_000, "s3", B);
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        story.list(16_500, "s1");
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void norWhenItIsStoppedAtOnce() {
        story.lists(100, 900, 100).fault(1_000, 3_500, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.registers(1_100, "b", B)
                .fault(3_501, 12_000, "pause-one", "s1")
                .list(12_010, "s1")
                .list(12_010, "s3", B);
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        story.list(16_500, "s1");
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void whatCameLongBeforeItIsStoppedItKnowsWhenItGoesOn() {
        story.registers(100, "b", B).lists(2_000, 3_000, 500, B);
        story.fault(3_100, 12_000, "pause-one", "s1").list(12_010, "s1");

        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void faultsAtTheSameTimeExcuseWhatEitherMight() {
        story.registers(100, "b", B).lists(2_000, 3_000, 500, B);
        story.fault(3_100, 9_000, "isolate-leader", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.fault(4_000, 8_000, "slow", "s2 at 12 kB/s").list(8_500, "s1");

        assertThat(judge()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void theServerOfTheSessionShowsItDuringAPartition() {
        story.fault(50, 9_000, "partition-halves", "s1>s2,s1>s3,s2>s1,s3>s1");
        story.registers(100, "a", A).list(2_000, "s3").list(2_000, "s1");

        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aServerThatIsKilledTakesNobodyAlong() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A);
        story.fault(3_100, 4_000, "kill-one", "s1").list(4_500, "s2");
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void whenTwoServersAreKilledTheirClientsNeedTime() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A);
        story.fault(3_100, 4_000, "kill-majority", "s1,s2").list(4_500, "s2").list(4_600, "s3");
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        story.list(8_500, "s2");
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aClientThatLostItsServerMayFindOneThatWasHarmedBefore() {
        story.registers(100, "a", A).registers(100, "b", B).lists(2_000, 3_000, 500, A, B);
        story.fault(3_100, 20_000, "pause-one", "s3")
                .fault(3_200, 8_000, "pause-one", "s2")
                .list(14_000, "s1", A);
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        story.list(24_500, "s1", A);
        assertThat(judge()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aClientThatIsCutOffIsNotMissedButOthersAre() {
        story.registers(100, "a", A).lists(2_000, 3_000, 500, A);
        story.fault(3_100, 9_000, "cut-client", "c1").list(8_000, "s2");
        assertThat(judge()).isEqualTo(Outcome.HOLDS);

        Story other = new Story().opens(0, "a", "s1").registers(100, "a", A);
        other.lists(2_000, 3_000, 500, A)
                .fault(3_100, 9_000, "cut-client", "c2")
                .list(8_000, "s2");
        assertThat(Checks.registrations().verdict(other.evidence()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aRunWithoutListsDecidesNothing() {
        story.registers(100, "a", A);

        assertThat(judge()).isEqualTo(Outcome.UNDECIDED);
    }

    private Outcome judge() {
        return Checks.registrations().verdict(story.evidence()).outcome();
    }
}
