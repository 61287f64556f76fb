package io.gemel.it.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.NodeStatus.Member;
import io.gemel.naming.NodeStatus.Origin;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Servers that come and go: what is judged of them, and what must be left of them. */
class MembershipTest {
    private static final List<String> WITH_GUEST = List.of("s1", "s2", "s3", "s4");
    private static final List<String> FOUNDERS = List.of("s1", "s2", "s3");

    private final Story story = new Story();

    /** s4 joins from 1 s to 3 s, is a member until 6 s, and is gone at 7 s; the run ends at 20 s. */
    private void comesAndGoes() {
        comesAndGoes(FOUNDERS);
    }

    /** {@code last}: the members in the end, as s3 says. */
    private void comesAndGoes(List<String> last) {
        story.phase(900, "faults").fault(1_000, 3_000, "membership", "s4 joins");
        story.fault(6_000, 7_000, "membership", "s4 leaves");
        for (long at = 500; at <= 20_000; at += 500) {
            List<String> members = at >= 2_000 && at < 6_500 ? WITH_GUEST : FOUNDERS;
            for (String node : FOUNDERS) {
                sample(at, node, true, node.equals("s3") && at > 15_000 ? last : members);
            }
            if (at >= 1_500 && at <= 6_500) {
                sample(at, "s4", at >= 3_000, WITH_GUEST);
            }
        }
        story.phase(19_000, "final").phase(20_500, "end");
    }

    private void sample(long millis, String node, boolean ready, List<String> members, String... others) {
        List<Member> listed = members.stream()
                .map(id -> new Member(id, id + ":1", id.equals(node) ? "self" : "alive", "voter"))
                .toList();
        List<Origin> origins = Stream.concat(Stream.of(node), Stream.of(others))
                .map(owner -> new Origin(owner, 1, 1, "d", 0, owner.equals(node) ? "own" : "live"))
                .toList();
        NodeStatus status = new NodeStatus(
                node,
                "test",
                "1",
                ready,
                ready ? "" : "joining",
                listed,
                new NodeStatus.Raft("follower", "s1", 1, 1, 1, "h"),
                origins,
                0,
                0,
                0,
                NodeStatus.Guard.NONE);
        story.sample(new NodeSample(Story.nanos(millis), node, 1, true, Optional.of(status), 50, 100, 200_000_000));
    }

    private Verdict judge(Check check) {
        return check.verdict(story.evidence());
    }

    @Test
    void aServerThatCameAndWentLeavesNothing() {
        comesAndGoes();

        Verdict verdict = judge(Checks.members());
        assertThat(verdict.outcome()).as(verdict.summary()).isEqualTo(Outcome.HOLDS);
        assertThat(verdict.figures()).containsEntry("seen removed", "1");
    }

    @Test
    void aMemberIsOneFromTheEndOfItsArrivalToTheBeginOfItsRemoval() {
        comesAndGoes();
        Roster roster = new Roster(story.evidence());

        assertThat(roster.founders()).containsExactlyInAnyOrderElementsOf(FOUNDERS);
        assertThat(roster.guests()).containsExactly("s4");
        assertThat(roster.members(Story.nanos(2_900))).hasSize(3);
        assertThat(roster.members(Story.nanos(3_100))).hasSize(4);
        assertThat(roster.members(Story.nanos(6_100))).hasSize(3);
        assertThat(roster.member("s4", Story.nanos(2_900))).isFalse();
        assertThat(roster.member("s1", 0)).isTrue();
    }

    @Test
    void whoeverIsAMemberHasToRecoverToo() {
        story.phase(900, "faults").fault(1_000, 2_000, "membership", "s4 joins");
        story.fault(2_500, 3_000, "kill-one", "s1");
        for (long at = 500; at <= 20_000; at += 500) {
            for (String node : FOUNDERS) {
                sample(at, node, true, WITH_GUEST);
            }
            if (at >= 1_000) {
                sample(at, "s4", false, WITH_GUEST);
            }
        }

        assertThat(judge(Checks.recovery()).summary()).contains("s4 is not ready: joining");
    }

    @Test
    void nobodyWaitsForOneThatHasGone() {
        comesAndGoes();

        Verdict verdict = judge(Checks.recovery());
        assertThat(verdict.outcome()).as(verdict.summary()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aNodeThatStillListsARemovedOneIsFound() {
        comesAndGoes();
        sample(11_200, "s2", true, WITH_GUEST);

        assertThat(judge(Checks.members()).summary())
                .isEqualTo("s2 lists s4 as a member at 11.200 s, though it had been removed by 6.500 s");
    }

    @Test
    void aNodeThatStillHoldsWhatARemovedOneHadIsFound() {
        comesAndGoes();
        sample(10_400, "s2", true, FOUNDERS, "s4"); // within the grace time
        assertThat(judge(Checks.members()).outcome()).isEqualTo(Outcome.HOLDS);
        sample(11_200, "s2", true, FOUNDERS, "s4");

        assertThat(judge(Checks.members()).summary()).startsWith("s2 holds an origin of s4 at 11.200 s");
    }

    @Test
    void aRemovedOneThatComesBackAndClaimsToBeReadyIsFound() {
        comesAndGoes();
        sample(11_200, "s4", false, FOUNDERS);
        assertThat(judge(Checks.members()).outcome()).isEqualTo(Outcome.HOLDS);
        sample(11_700, "s4", true, FOUNDERS);

        assertThat(judge(Checks.members()).summary()).startsWith("s4 says that it is ready at 11.700 s");
    }

    @Test
    void inTheEndTheMembersAreTheFounders() {
        comesAndGoes(List.of("s1", "s3"));

        assertThat(judge(Checks.members()).summary()).isEqualTo("in the end [s3 says the members are [s1, s3]]");
    }

    @Test
    void aClusterThatCouldNotBeBroughtBackIsNoPass() {
        comesAndGoes();
        story.op(8_000, "leave", Op.FAULT, "membership").value("s4 leave").info(9_000);

        assertThat(judge(Checks.members()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aPartitionIsJudgedByThoseWhoWereMembersThen() {
        comesAndGoes();
        story.fault(12_000, 13_000, "partition-halves", "s1>s3,s3>s1,s2>s3,s3>s2");
        Evidence evidence = story.evidence();
        Fault cut = Faults.of(evidence).all().get(2);

        assertThat(cut.cuts()).isTrue();
        assertThat(new Roster(evidence).members(cut.from())).isEqualTo(Set.copyOf(FOUNDERS));
    }
}
