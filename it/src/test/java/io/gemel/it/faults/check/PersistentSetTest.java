package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.kept;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import org.junit.jupiter.api.Test;

/** Sets of persistent instances: nothing is lost, stale, resurrected or read too early. */
class PersistentSetTest {
    private static final Seen P = kept(1, "p", 7);
    private static final Seen Q = kept(2, "q", 9);

    private final Story story = new Story();

    private PersistentSetTest add(long from, Seen instance) {
        story.op(from, "p0", Op.REGISTER, key(instance)).value(instance.value()).ok(from + 10, instance.revision());
        return this;
    }

    private PersistentSetTest remove(long from, Seen instance, long revision) {
        story.op(from, "p1", Op.DEREGISTER, key(instance)).ok(from + 10, revision);
        return this;
    }

    private PersistentSetTest list(long from, String node, Seen... seen) {
        story.op(from, "p2", Op.LIST, Story.SERVICE)
                .at(node)
                .value("linearizable")
                .seen(seen)
                .ok(from + 10, 3);
        return this;
    }

    private PersistentSetTest listAt(long from, String node, long revision, Seen... seen) {
        story.op(from, "p0r", Op.LIST, Story.SERVICE)
                .at(node)
                .expected(revision)
                .seen(seen)
                .ok(from + 10, 3);
        return this;
    }

    private static String key(Seen instance) {
        return Story.SERVICE + "#" + instance.key();
    }

    // --- set-full

    @Test
    void aSetThatGrowsAndShrinksHolds() {
        add(0, P)
                .list(100, "s1", P)
                .add(200, Q)
                .list(300, "s2", P, Q)
                .remove(400, P, 11)
                .list(500, "s3", Q);

        assertThat(judge(Checks.setFull()).outcome())
                .as(judge(Checks.setFull()).toString())
                .isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whatIsConcurrentMayBeShownOrNot() {
        add(0, P).add(105, Q).list(100, "s1", P).list(130, "s1", P, Q).remove(205, P, 11);
        list(200, "s1", P, Q).list(202, "s2", Q).list(300, "s1", Q);

        assertThat(judge(Checks.setFull()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whatWasAcknowledgedIsNotLost() {
        add(0, P).add(20, Q).list(100, "s1", Q).list(200, "s1", Q);

        assertThat(judge(Checks.setFull()).summary())
                .contains("10.1.0.1:80/c is lost: acknowledged at 0.010 s, and missing from 2 lists");
        assertThat(judge(Checks.setFull()).figures()).containsEntry("lost", "1");
    }

    @Test
    void whatComesBackWasStale() {
        add(0, P).list(100, "s1").list(200, "s1", P);

        assertThat(judge(Checks.setFull()).summary()).contains("is stale");
        assertThat(judge(Checks.setFull()).figures()).containsEntry("lost", "0").containsEntry("stale", "1");
    }

    @Test
    void whatWasOnceListedStays() {
        story.op(0, "p0", Op.REGISTER, key(P)).value("p").info(10);
        add(20, Q).list(100, "s1", P, Q).list(200, "s2", Q);

        assertThat(judge(Checks.setFull()).summary()).contains("lost: listed at 0.110 s");
    }

    @Test
    void whatWasRemovedIsNotResurrected() {
        add(0, P).add(20, Q).remove(100, P, 11).list(200, "s1", Q).list(300, "s3", P, Q);

        assertThat(judge(Checks.setFull()).summary())
                .contains("p was resurrected", "by s3 after its removal at 0.110 s");
    }

    @Test
    void aRemovalOfUnknownOutcomeExcusesAbsence() {
        add(0, P).add(20, Q);
        story.op(100, "p1", Op.DEREGISTER, key(P)).info(200);
        list(300, "s1", P, Q).list(400, "s1", Q);

        assertThat(judge(Checks.setFull()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whatNobodyAddedIsFound() {
        add(0, P).list(100, "s1", P, Q);
        assertThat(judge(Checks.setFull()).summary()).contains("q was listed and never added");
    }

    @Test
    void aVersionThatWasNeverWrittenIsFound() {
        add(0, P).list(100, "s1", kept(1, "p", 8));

        assertThat(judge(Checks.setFull()).summary()).contains("p@8 was listed", "never written");
    }

    @Test
    void anAdditionThatIsNeverListedAgainDecidesNothing() {
        add(0, P).list(100, "s1", P).add(200, Q);

        assertThat(judge(Checks.setFull()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    // --- minimum-revision

    @Test
    void aReadAtARevisionShowsWhatWasWrittenUpToIt() {
        add(0, P).listAt(20, "s2", 7, P).add(40, Q).listAt(60, "s3", 7, P).listAt(80, "s3", 9, P, Q);

        assertThat(judge(Checks.minimumRevision()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.minimumRevision()).figures()).containsEntry("instances judged", "4");
    }

    @Test
    void aReadThatIsTooEarlyIsFound() {
        add(0, P).listAt(20, "s2", 7);

        assertThat(judge(Checks.minimumRevision()).summary())
                .contains("s2, asked for revision 7 or more, listed nothing", "REGISTER p@7 by p0");
    }

    @Test
    void anOlderVersionIsFound() {
        add(0, P).add(20, kept(1, "p2", 12)).listAt(40, "s2", 12, P);

        assertThat(judge(Checks.minimumRevision()).summary()).contains("listed p@7");
    }

    @Test
    void aNewerVersionOrRemovalIsFine() {
        add(0, P)
                .add(20, kept(1, "p2", 12))
                .listAt(40, "s2", 7, kept(1, "p2", 12))
                .remove(60, P, 15)
                .listAt(80, "s1", 7);

        assertThat(judge(Checks.minimumRevision()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whatWasRemovedBeforeTheRevisionIsNotShown() {
        add(0, P).remove(20, P, 8).listAt(40, "s2", 8, P);

        assertThat(judge(Checks.minimumRevision()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void readsWithoutARevisionDecideNothing() {
        add(0, P).list(20, "s2", P);

        assertThat(judge(Checks.minimumRevision()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    private Verdict judge(Check check) {
        return check.verdict(story.evidence());
    }
}
