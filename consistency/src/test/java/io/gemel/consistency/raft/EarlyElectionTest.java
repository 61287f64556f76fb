package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.PeerId;
import io.gemel.consistency.raft.Leadership.Known;
import io.gemel.consistency.raft.PeerLink.Sign;
import io.gemel.consistency.raft.VoteFile.Vote;
import io.gemel.naming.ManualTicker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EarlyElectionTest {
    private static final Known LEADER = new Known(7, "s2");

    private final ManualTicker ticker = new ManualTicker();
    private final Leadership leadership = new Leadership("self");
    private final Peers peers = new Peers();
    private List<String> candidates = List.of("s3", "s2", "s1");
    private EarlyElection first = election("s1");
    private EarlyElection second = election("s3");

    @BeforeEach
    void follow() {
        leadership.follow(LEADER.term(), LEADER.leader());
        first.tick();
        second.tick();
        peers.greeted.clear();
    }

    @Test
    void aLeaderThatRefusesAndHasNoConnectionLeftIsReplacedAtOnce() {
        first.lost("s2");
        peers.says(Sign.REFUSED);
        assertThat(peers.stood).containsExactly("7 after s2");
    }

    @Test
    void theNextCandidateWaitsForItsTurnAndEachStandsOnce() {
        second.lost("s2");
        peers.says(Sign.REFUSED);
        pass(EarlyElection.TURN.minusMillis(1), second);
        assertThat(peers.stood).isEmpty();
        pass(Duration.ofMillis(1), second);
        assertThat(peers.stood).containsExactly("7 after s2");
        second.lost("s2");
        pass(EarlyElection.TURN, second);
        assertThat(peers.stood).hasSize(1);
        assertThat(peers.asked).isEmpty();
    }

    @Test
    void aMemberThatMayNotLeadNeverStands() {
        candidates = List.of("s2", "s3"); // this node learns, or is to leave
        first.lost("s2");
        peers.says(Sign.REFUSED);
        pass(Duration.ofSeconds(10), first);
        assertThat(peers.stood).isEmpty();
    }

    @Test
    void silenceIsNoReasonHoweverOftenItIsMet() {
        first.lost("s2");
        for (int i = 0; i < EarlyElection.QUESTIONS_MAX; i++) {
            peers.says(Sign.NONE);
            pass(Duration.ofMillis(20), first);
        }
        assertThat(peers.asked).as("it is left to the election timeout").isEmpty();
        pass(Duration.ofSeconds(10), first);
        assertThat(peers.stood).isEmpty();
    }

    @Test
    void whatFailsInAnotherWayWhileTheProcessEndsIsAskedAgain() {
        first.lost("s2");
        peers.says(Sign.NONE);
        assertThat(peers.asked).isEmpty();
        pass(Duration.ofMillis(20), first);
        peers.says(Sign.REFUSED);
        assertThat(peers.stood).containsExactly("7 after s2");
    }

    @Test
    void aLeaderThatAnswersOnANewConnectionStays() {
        first.lost("s2");
        peers.says(Sign.ANSWER);
        pass(Duration.ofSeconds(10), first);
        assertThat(peers.stood).isEmpty();
        first.lost("s2");
        peers.says(Sign.REFUSED);
        assertThat(peers.stood).as("until it is gone").hasSize(1);
    }

    @Test
    void aLeaderWhosePortRefusesStaysAsLongAsItHasAConnectionToThisNode() {
        peers.heard.add("s2");
        first.lost("s2");
        peers.says(Sign.REFUSED);
        pass(Duration.ofSeconds(10), first);
        assertThat(peers.stood).isEmpty();
        peers.heard.clear();
        pass(Duration.ofMillis(20), first);
        assertThat(peers.stood).containsExactly("7 after s2");
    }

    @Test
    void aLeaderThatIsReachedAgainBeforeTheTurnStays() {
        second.lost("s2");
        peers.says(Sign.REFUSED);
        second.ready("s2");
        pass(EarlyElection.TURN, second);
        assertThat(peers.stood).isEmpty();
    }

    @Test
    void aNewLeaderEndsTheMatter() {
        second.lost("s2");
        Deque<CompletableFuture<Sign>> ofTheOld = new ArrayDeque<>(peers.asked);
        leadership.none();
        leadership.follow(8, "s1");
        second.tick();
        ofTheOld.remove().complete(Sign.REFUSED);
        pass(EarlyElection.TURN, second);
        assertThat(peers.stood).isEmpty();
    }

    @Test
    void theLossOfAnotherPeerIsNoMatter() {
        first.lost("s3");
        assertThat(peers.asked).isEmpty();
    }

    @Test
    void aFollowerConnectsToTheLeaderAndToWhoeverVotesOnceThereIsALeader() {
        leadership.follow(8, "s3");
        first.tick();
        first.tick();
        assertThat(peers.greeted).containsExactlyInAnyOrder("s2", "s3");
    }

    @Test
    void aCandidateWaitsForAConnectionToAMajority() {
        peers.reached.clear();
        first.lost("s2");
        peers.says(Sign.REFUSED);
        assertThat(peers.stood).isEmpty();
        peers.reached.add("s3");
        pass(Duration.ofMillis(20), first);
        assertThat(peers.stood).containsExactly("7 after s2");
    }

    @Test
    void aCandidateThatReachesNoMajorityLeavesItToTheElectionTimeout() {
        peers.reached.clear();
        first.lost("s2");
        peers.says(Sign.REFUSED);
        pass(EarlyElection.TURN, first);
        peers.reached.add("s3");
        pass(EarlyElection.TURN, first);
        assertThat(peers.stood).isEmpty();
    }

    @Test
    void whoHasVotedForAnotherDoesNotStand() {
        second.lost("s2");
        peers.says(Sign.REFUSED);
        leadership.none();
        peers.vote = new Vote(8, RaftPeers.peerId("s1"));
        pass(EarlyElection.TURN, second);
        assertThat(peers.stood).isEmpty();
    }

    @Test
    void whoHadToRefuseItsVoteStandsSoonAfterInTheTermThatTheOtherBegan() {
        second.lost("s2");
        peers.says(Sign.REFUSED);
        leadership.none();
        peers.vote = new Vote(8, PeerId.emptyPeer());
        pass(Duration.ZERO, second);
        assertThat(peers.stood).as("others may have elected it").isEmpty();
        pass(EarlyElection.REFUSED, second);
        assertThat(peers.stood).containsExactly("8 after s2");
    }

    @Test
    void whoRefusedItsVoteToOneThatOthersElectedDoesNotStand() {
        second.lost("s2");
        peers.says(Sign.REFUSED);
        leadership.none();
        peers.vote = new Vote(8, PeerId.emptyPeer());
        pass(Duration.ZERO, second);
        leadership.follow(8, "s1");
        pass(EarlyElection.TURN, second);
        assertThat(peers.stood).isEmpty();
    }

    private EarlyElection election(String self) {
        return new EarlyElection(self, leadership, () -> candidates, peers, ticker);
    }

    private void pass(Duration time, EarlyElection election) {
        ticker.advance(time);
        election.tick();
    }

    /** The others, as the test wants them. */
    private static final class Peers implements EarlyElection.Candidate {
        private final List<String> greeted = new ArrayList<>();
        private final Deque<CompletableFuture<Sign>> asked = new ArrayDeque<>();
        private final Set<String> heard = new HashSet<>();
        private final Set<String> reached = new HashSet<>(Set.of("s1", "s3"));
        private final List<String> stood = new ArrayList<>();
        private Vote vote = new Vote(LEADER.term(), RaftPeers.peerId("s2"));

        void says(Sign sign) {
            asked.remove().complete(sign);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void greet(String peer) {
            greeted.add(peer);
        }

        @Override
        public CompletableFuture<Sign> ask(String peer) {
            assertThat(peer).isEqualTo("s2");
            CompletableFuture<Sign> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        }

        @Override
        public boolean reaches(String peer) {
            return reached.contains(peer);
        }

        @Override
        public boolean hears(String peer) {
            return heard.contains(peer);
        }

        @Override
        public Vote vote() {
            return vote;
        }

        @Override
        public void stand(long term, String gone) {
            stood.add(term + " after " + gone);
        }
    }
}
