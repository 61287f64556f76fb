package io.gemel.consistency.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.cluster.FailureDetector.State;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Member;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {
    private static final Duration SUSPECT_AFTER = Duration.ofMillis(1_500);
    private static final Duration DOWN_AFTER = Duration.ofSeconds(3);

    private final ManualTicker ticker = new ManualTicker();
    private final Members members = new Members("s1", list("s1", "s2", "s3"));
    private final FailureDetector detector = new FailureDetector(members, ticker, SUSPECT_AFTER, DOWN_AFTER);

    @Test
    void aSilentPeerIsSuspectAndThenDown() {
        detector.heard("s2");
        assertThat(detector.state("s2")).isEqualTo(State.ALIVE);

        ticker.advance(SUSPECT_AFTER);
        assertThat(detector.state("s2")).isEqualTo(State.SUSPECT);

        ticker.advance(SUSPECT_AFTER);
        assertThat(detector.state("s2")).isEqualTo(State.DOWN);
    }

    @Test
    void aPeerThatWasNeverHeardOfIsWaitedForAndNoHelpForAMajority() {
        assertThat(detector.state("s2")).isEqualTo(State.UNKNOWN);
        assertThat(detector.seesMajority()).isFalse();

        ticker.advance(DOWN_AFTER);
        assertThat(detector.state("s2")).isEqualTo(State.DOWN);
    }

    @Test
    void aNewMemberIsWaitedForFromThenOnWhoeverAsksFirst() {
        ticker.advance(Duration.ofMinutes(1));
        members.become(list("s1", "s2", "s3", "s4"), Set.of());

        assertThat(detector.state("s4")).isEqualTo(State.UNKNOWN);

        detector.follow();
        ticker.advance(DOWN_AFTER.minusNanos(1));
        assertThat(detector.state("s4")).isEqualTo(State.UNKNOWN);

        ticker.advance(Duration.ofNanos(1));
        assertThat(detector.state("s4")).isEqualTo(State.DOWN);
    }

    @Test
    void whoAnswersThatItDoesNotKnowThisNodeYetIsWaitedFor() {
        ticker.advance(DOWN_AFTER);
        detector.refused("s2");

        assertThat(detector.state("s2")).isEqualTo(State.UNKNOWN);
        assertThat(detector.seesMajority()).isFalse();
    }

    @Test
    void whoKnewThisNodeAndDoesNotAnyMoreIsWaitedForAndNoHelp() {
        detector.heard("s2");
        assertThat(detector.seesMajority()).isTrue();
        detector.refused("s2");

        assertThat(detector.state("s2")).isEqualTo(State.UNKNOWN);
        assertThat(detector.seesMajority()).isFalse();

        ticker.advance(DOWN_AFTER);
        assertThat(detector.state("s2")).isEqualTo(State.DOWN);
    }

    @Test
    void aPeerThatWasRemovedIsDownAtOnceWhateverItSays() {
        detector.heard("s3");
        members.become(list("s1", "s2"), Set.of());

        assertThat(detector.state("s3")).isEqualTo(State.DOWN);

        detector.heard("s3");
        detector.refused("s3");
        assertThat(detector.state("s3")).isEqualTo(State.DOWN);
    }

    @Test
    void whatWasHeardOfAPeerBeforeItWasRemovedDoesNotCountWhenItIsBack() {
        detector.heard("s3");
        members.become(list("s1", "s2"), Set.of());
        detector.follow();
        members.become(list("s1", "s2", "s3"), Set.of());

        assertThat(detector.state("s3")).isEqualTo(State.UNKNOWN);
    }

    @Test
    void theTimeInWhichThisNodeItselfWasStoppedDoesNotCount() {
        detector.heard("s2");
        ticker.advance(SUSPECT_AFTER);
        ticker.advance(Duration.ofMinutes(1));
        detector.stoodStill(Duration.ofMinutes(1));

        assertThat(detector.state("s2")).isEqualTo(State.SUSPECT);
        assertThat(detector.state("s3")).isEqualTo(State.UNKNOWN);

        ticker.advance(SUSPECT_AFTER);
        assertThat(detector.state("s2")).isEqualTo(State.DOWN);
        assertThat(detector.state("s3")).isEqualTo(State.DOWN);
    }

    @Test
    void whatWasHeardJustAfterAStopWasNotHeardInTheFuture() {
        ticker.advance(Duration.ofMinutes(1));
        detector.heard("s2");
        detector.stoodStill(Duration.ofMinutes(1));
        ticker.advance(DOWN_AFTER);

        assertThat(detector.state("s2")).isEqualTo(State.DOWN);
    }

    @Test
    void aLearnerCountsForNoMajority() {
        members.become(list("s1", "s2", "s3", "s4"), Set.of("s4"));
        detector.heard("s4");
        assertThat(detector.seesMajority()).as("1 of 3, and a learner").isFalse();

        detector.heard("s2");
        assertThat(detector.seesMajority()).as("2 of 3, and a learner").isTrue();

        members.become(list("s1", "s2", "s3", "s4"), Set.of());
        assertThat(detector.seesMajority()).as("3 of 4").isTrue();
    }

    @Test
    void aLearnerDoesNotCountItselfEither() {
        members.become(list("s1", "s2", "s3"), Set.of("s1"));
        detector.heard("s2");
        assertThat(detector.seesMajority()).as("1 of 2").isFalse();

        detector.heard("s3");
        assertThat(detector.seesMajority()).as("2 of 2").isTrue();
    }

    @Test
    void aNodeThatWasRemovedTakesItsSilenceForNoSignAndSeesNoMajority() {
        detector.heard("s2");
        detector.heard("s3");
        members.become(list("s2", "s3"), Set.of());
        ticker.advance(Duration.ofMinutes(1));

        assertThat(detector.state("s2")).isEqualTo(State.UNKNOWN);
        assertThat(detector.seesMajority()).isFalse();
    }

    private static List<Member> list(String... ids) {
        return Arrays.stream(ids).map(id -> new Member(id, id, 1, 2, 3)).toList();
    }
}
