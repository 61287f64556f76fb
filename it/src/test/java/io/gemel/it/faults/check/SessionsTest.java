package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.kept;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Op;
import org.junit.jupiter.api.Test;

/** No process sees undone what it did or saw; later answers tell higher revisions. */
class SessionsTest {
    private static final String KEY = Story.SERVICE + "#10.1.0.1:80/c";
    private static final String OTHER = Story.SERVICE + "#10.1.0.2:80/c";

    private final Story story = new Story();

    @Test
    void aProcessThatSeesOnlyProgressHolds() {
        write(0, "p", 3);
        read(20, "p", 3);
        story.op(40, "p", Op.LIST, Story.SERVICE)
                .value("linearizable")
                .seen(kept(1, "v5", 5))
                .ok(50, 1);
        read(60, "p", 6);
        story.op(80, "p", Op.DEREGISTER, KEY).ok(90, 9);
        story.op(100, "p", Op.READ, KEY).ok(110);

        assertThat(judge(Checks.sessions()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.revisionsGrow()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void readsDoNotGoBack() {
        read(0, "p", 5);
        read(20, "q", 3);
        read(40, "p", 3);

        assertThat(judge(Checks.sessions()).findings())
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.what()).contains("p knew revision 5", "then shown revision 3"));
    }

    @Test
    void aProcessReadsItsOwnWrite() {
        write(0, "p", 3);
        story.op(20, "p", Op.READ, KEY).ok(30);

        assertThat(judge(Checks.sessions()).summary()).contains("p knew revision 3", "shown nothing");
    }

    @Test
    void aRemovalByAnotherExplainsAbsence() {
        write(0, "p", 3);
        story.op(15, "q", Op.DEREGISTER, KEY).info(16);
        story.op(20, "p", Op.READ, KEY).ok(30);

        assertThat(judge(Checks.sessions()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whatAProcessRemovedStaysAway() {
        story.op(0, "p", Op.DEREGISTER, KEY).ok(10, 9);
        read(20, "p", 8);

        assertThat(judge(Checks.sessions()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aWriteFollowsWhatWasReadOfAnyKey() {
        read(0, "p", 5);
        story.op(20, "p", Op.REGISTER, OTHER).value("v").ok(30, 4);

        assertThat(judge(Checks.sessions()).summary()).contains("p knew revision 5 when it wrote");
    }

    @Test
    void aListAtARevisionOwesNothingBeyondIt() {
        write(0, "p", 3);
        read(20, "p", 7);
        story.op(40, "p", Op.LIST, Story.SERVICE)
                .expected(3)
                .seen(kept(1, "v3", 3))
                .ok(50, 1);
        story.op(60, "p", Op.LIST, Story.SERVICE).ok(70, 1);
        assertThat(judge(Checks.sessions()).outcome()).isEqualTo(Outcome.HOLDS);

        story.op(80, "p", Op.LIST, Story.SERVICE)
                .expected(7)
                .seen(kept(1, "v3", 3))
                .ok(90, 1);
        assertThat(judge(Checks.sessions()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aLaterWriteHasAHigherRevision() {
        write(0, "p", 5);
        story.op(20, "q", Op.REGISTER, OTHER).value("w").ok(30, 5);

        assertThat(judge(Checks.revisionsGrow()).summary()).contains("REGISTER w@5 by q", "began after 5 was known");
    }

    @Test
    void aWriteIsLaterThanWhatWasReadToo() {
        read(0, "p", 5);
        story.op(20, "q", Op.REGISTER, OTHER).value("w").ok(30, 4);

        assertThat(judge(Checks.revisionsGrow()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void concurrentWritesMayEndInAnyOrderButNotWithOneRevision() {
        story.op(0, "p", Op.REGISTER, KEY).value("v").ok(50, 5);
        story.op(10, "q", Op.REGISTER, KEY).value("w").ok(40, 6);
        story.op(60, "q", Op.REGISTER, KEY).value("x").ok(70, 7);
        assertThat(judge(Checks.revisionsGrow()).outcome()).isEqualTo(Outcome.HOLDS);

        story.op(20, "r", Op.REGISTER, KEY).value("z").ok(45, 5);
        assertThat(judge(Checks.revisionsGrow()).summary()).contains("two writes have one revision");
    }

    @Test
    void theRevisionOfAServiceGrowsAtOneServer() {
        story.running(0, 5_000).list(1_000, "s1", Story.SERVICE, 7, kept(1, "a", 1));
        story.list(1_100, "s2", Story.SERVICE, 3, kept(1, "a", 1)).list(1_200, "s1", Story.SERVICE, 7, kept(1, "a", 1));
        assertThat(judge(Checks.revisionsGrow()).outcome()).isEqualTo(Outcome.HOLDS);

        story.list(2_000, "s1", Story.SERVICE, 6, kept(1, "b", 2));
        assertThat(judge(Checks.revisionsGrow()).summary()).contains("s1 listed", "at revision 6", "after revision 7");
    }

    @Test
    void oneRevisionHasOneContent() {
        story.running(0, 5_000).list(1_000, "s1", Story.SERVICE, 7, kept(1, "a", 1));
        story.list(2_000, "s1", Story.SERVICE, 7, kept(1, "b", 2));

        assertThat(judge(Checks.revisionsGrow()).summary()).contains("with other instances than at 1.005 s");
    }

    @Test
    void aServerOfWhichNothingIsKnownMayHaveStartedAgain() {
        story.list(1_000, "s1", Story.SERVICE, 7, kept(1, "a", 1)).list(2_000, "s1", Story.SERVICE, 6, kept(1, "b", 2));

        assertThat(judge(Checks.revisionsGrow()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    private void write(long from, String process, long revision) {
        story.op(from, process, Op.REGISTER, KEY).value("v" + revision).ok(from + 10, revision);
    }

    private void read(long from, String process, long revision) {
        story.op(from, process, Op.READ, KEY).value("v" + revision).ok(from + 10, revision);
    }

    private Verdict judge(Check check) {
        return check.verdict(story.evidence());
    }
}
