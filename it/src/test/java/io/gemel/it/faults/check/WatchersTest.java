package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.kept;
import static io.gemel.it.faults.check.Story.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import io.gemel.naming.NodeStatus;
import org.junit.jupiter.api.Test;

/** AP6 to AP9: what watchers are shown. Sync takes 1 s, convergence 3 s. */
class WatchersTest {
    private static final Seen A = live(1, "a-1");
    private static final Seen B = live(2, "b-1");

    private final Story story = new Story()
            .opens(0, "a", "s1")
            .opens(0, "b", "s2")
            .registers(100, "a", A)
            .registers(200, "b", B);

    // --- AP6

    @Test
    void revisionsThatGrowAreInOrder() {
        story.running(0, 9_000).view(150, "s1", 3, A).view(250, "s1", 4, A, B).view(400, "s2", 1, A, B);

        assertThat(judge(Checks.watchOrder()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aRevisionThatFallsIsFound() {
        story.running(0, 9_000).view(500, "s1", 4, A, B).view(600, "s1", 3, A);

        assertThat(judge(Checks.watchOrder()).summary()).contains("s1 showed w-s1 revision 3", "after revision 4");
    }

    @Test
    void oneRevisionHasOneContent() {
        story.running(0, 9_000).view(500, "s1", 4, A, B).view(600, "s1", 4, A);

        assertThat(judge(Checks.watchOrder()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aServerThatWasStartedAgainMayBeginAnew() {
        NodeStatus.Raft raft = new NodeStatus.Raft("follower", "s2", 1, 1, 1, "h");
        story.sample(400, "s1", 1, raft)
                .view(500, "s1", 40, A, B)
                .view(2_600, "s1", 3, A)
                .sample(2_700, "s1", 2, raft);

        assertThat(judge(Checks.watchOrder()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    @Test
    void aWatcherThatWasStoppedMayHearOldNewsLate() {
        story.running(0, 9_000)
                .freeze(300, 2_000, "w-s1")
                .view(2_001, "s1", 40, A, B)
                .view(2_100, "s1", 3, A);

        assertThat(judge(Checks.watchOrder()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    // --- AP7

    @Test
    void everyWatcherEndsWithTheFinalState() {
        story.view(150, "s1", 3, A).view(250, "s1", 4, A, B).view(400, "s2", 1, A, B);
        story.phase(5_000, "final").lists(5_100, 5_200, 500, A, B);

        assertThat(judge(Checks.watchFinal()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.watchFinal()).figures())
                .containsEntry("watches judged", "2")
                .containsEntry("shown after acknowledgement", "p50 40 ms, p99 290 ms, max 290 ms (of 4)");
    }

    @Test
    void aWatcherThatMissedTheLastChangeIsFound() {
        story.view(150, "s1", 3, A).view(250, "s1", 4, A, B).view(400, "s2", 1, A);
        story.phase(5_000, "final").lists(5_100, 5_200, 500, A, B, kept(1, "p", 9));

        assertThat(judge(Checks.watchFinal()).findings()).hasSize(2);
        assertThat(judge(Checks.watchFinal()).findings().get(1).what())
                .contains("w-s2, last told at 0.400 s by s2", "it lacks [10.0.0.2:80/c=b-1, 10.1.0.1:80/c=p]");
    }

    @Test
    void aWatcherThatWasShownNothingIsFoundByItsNeighbour() {
        story.op(10, "w-s1", Op.OPEN, "").at("s1").value("w1").ok(20);
        story.op(10, "w-s2", Op.OPEN, "").at("s2").value("w1").ok(20);
        story.view(400, "s1", 1, A, B).phase(5_000, "final").lists(5_100, 5_200, 500, A, B);

        assertThat(judge(Checks.watchFinal()).summary()).contains("w-s2 was never shown " + Story.SERVICE);
    }

    @Test
    void aWatcherThatAskedAndWasShownNothingIsFound() {
        story.event(10, "x", Op.VIEW, Event.Type.INVOKE, Story.SERVICE, "");
        story.phase(5_000, "final").lists(5_100, 5_200, 500, A, B);

        assertThat(judge(Checks.watchFinal()).summary()).contains("x was never shown");
    }

    @Test
    void aWatcherThatIsGoneIsOwedNothing() {
        story.view(150, "s1", 3, A).kill(4_000, "w-s1").view(150, "s2", 3, A).freeze(4_000, 9_000, "w-s2");
        story.view(150, "s3", 1, A, B).phase(5_000, "final").lists(5_100, 5_200, 500, A, B);

        assertThat(judge(Checks.watchFinal()).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.what())
                        .as("one that went on must have caught up")
                        .contains("w-s2"));
    }

    // --- AP8

    @Test
    void anEmptyServiceIsShownEmpty() {
        story.view(50, "s1", 1).view(150, "s1", 3, A).deregisters(5_000, "a", A).deregisters(5_100, "b", B);
        story.view(5_200, "s1", 9);

        assertThat(judge(Checks.watchEmpty()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.watchEmpty()).figures()).containsEntry("empty views", "2");
    }

    @Test
    void aServiceThatWasNotEmptyIsNot() {
        story.view(150, "s1", 3, A).view(5_000, "s1", 9);

        assertThat(judge(Checks.watchEmpty()).outcome()).isEqualTo(Outcome.VIOLATED);
        assertThat(judge(Checks.watchEmpty()).summary()).contains("w-s1, watching at s1, was shown an empty");
    }

    @Test
    void aServerThatStartsIsNotExcused() {
        story.view(150, "s3", 3, A, B).fault(4_000, 6_000, "kill-one", "s3").view(6_500, "s3", 1);

        assertThat(judge(Checks.watchEmpty()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aServerThatLostSightOfAllOthersIsExcusedIfItHadAMajority() {
        story.view(150, "s3", 3, A, B).lists(2_000, 2_100, 500, A, B);
        story.fault(4_000, 60_000, "kill-majority", "s1,s2").view(50_000, "s3", 1);

        assertThat(judge(Checks.watchEmpty()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void persistentInstancesCountInCalmTimes() {
        Story calm = new Story();
        calm.op(100, "p1", Op.REGISTER, Story.SERVICE + "#10.1.0.1:80/c")
                .value("v")
                .ok(200, 7);
        calm.view(300, "s1", 1, kept(1, "v", 7)).view(5_000, "s1", 2);
        assertThat(judge(calm, Checks.watchEmpty()).outcome()).isEqualTo(Outcome.VIOLATED);

        calm.op(4_000, "p1", Op.DEREGISTER, Story.SERVICE + "#10.1.0.1:80/c").info(4_100);
        assertThat(judge(calm, Checks.watchEmpty()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    // --- AP9

    @Test
    void whatStaysOrIsTakenBackDoesNotFlap() {
        story.view(150, "s1", 3, A)
                .view(250, "s1", 4, A, B)
                .deregisters(400, "b", B)
                .view(450, "s1", 5, A);
        story.registers(600, "a", live(1, "a-2")).view(700, "s1", 6, live(1, "a-2"));

        assertThat(judge(Checks.watchFlaps()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whatVanishesWhileItsClientLivesIsFound() {
        story.view(500, "s1", 4, A, B).view(5_000, "s1", 5, A).view(5_100, "s1", 6, A, B);

        assertThat(judge(Checks.watchFlaps()).summary()).contains("w-s1, watching at s1, saw b-1", "vanish at 5.000 s");
    }

    @Test
    void whatIsNotYetAcknowledgedMayBeAskedForAgain() {
        story.op(300, "a", Op.REGISTER, Story.SERVICE + "#" + A.key())
                .value("a-2")
                .ok(1_000);
        story.view(500, "s1", 4, live(1, "a-2"), B).view(600, "s1", 5, A, B).view(700, "s1", 6, live(1, "a-2"), B);
        assertThat(judge(Checks.watchFlaps()).outcome()).isEqualTo(Outcome.HOLDS);

        story.view(1_100, "s1", 7, A, B);
        assertThat(judge(Checks.watchFlaps()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void theRestartOfAServerIsNoReason() {
        story.view(500, "s1", 4, A, B)
                .fault(4_000, 6_000, "rolling-restart", "s2")
                .view(6_100, "s1", 5, A);

        assertThat(judge(Checks.watchFlaps()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aWatcherThatMovesIsShownAllThere() {
        story.view(500, "w", "s1", Story.SERVICE, 4, A, B).view(900, "w", "s3", Story.SERVICE, 1, A);
        assertThat(judge(Checks.watchFlaps()).outcome())
                .as("s3 may not know yet")
                .isEqualTo(Outcome.HOLDS);

        story.view(5_000, "w", "s3", Story.SERVICE, 2, A, B).view(9_000, "w", "s2", Story.SERVICE, 1, A);
        assertThat(judge(Checks.watchFlaps()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aPausedServerIsAReason() {
        story.view(500, "s1", 4, A, B)
                .fault(4_000, 16_000, "pause-follower", "s2")
                .view(15_000, "s1", 5, A);

        assertThat(judge(Checks.watchFlaps()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.watchFlaps()).figures()).containsEntry("vanished within what faults excuse", "1");
    }

    @Test
    void withoutViewsNothingIsDecided() {
        assertThat(Checks.watchers())
                .allSatisfy(check -> assertThat(judge(check).outcome()).isEqualTo(Outcome.UNDECIDED));
    }

    private Verdict judge(Check check) {
        return judge(story, check);
    }

    private static Verdict judge(Story story, Check check) {
        return check.verdict(story.evidence());
    }
}
