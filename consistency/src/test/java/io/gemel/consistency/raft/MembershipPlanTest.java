package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What changes of the list of members are allowed. */
class MembershipPlanTest {
    private static final Set<String> ALL_ALIVE = Set.of("s1", "s2", "s3", "s4", "s5");

    @Test
    void aNewNodeJoinsAsALearner() {
        assertThat(plan(voters(3)).add(node(4))).contains(new Entry(node(4), Standing.JOINING));
    }

    @Test
    void whatIsSoAlreadyIsNotWrittenAgain() {
        assertThat(plan(voters(3)).add(node(2))).isEmpty();
        assertThat(plan(List.of(entry(1, Standing.VOTER), entry(2, Standing.REMOVED)))
                        .remove("s2", ALL_ALIVE))
                .isEmpty();
        assertThat(plan(List.of(entry(1, Standing.VOTER), entry(2, Standing.LEAVING)))
                        .remove("s2", ALL_ALIVE))
                .isEmpty();
        assertThat(plan(voters(3)).caughtUp("s2")).isEmpty();
        assertThat(plan(voters(3)).moved(node(2))).isEmpty();
    }

    @Test
    void anIdIsNeverUsedAgain() {
        MembershipPlan plan = plan(List.of(entry(1, Standing.VOTER), entry(2, Standing.REMOVED)));

        refused(() -> plan.add(node(2)), "s2 was removed", "another --node-id");
        assertThat(plan.moved(new Member("s2", "elsewhere", 1, 2, 3))).isEmpty();
    }

    @Test
    void twoNodesCannotHaveOneAddress() {
        Member taken = new Member("s4", "h2", 9, 8, 22);

        refused(() -> plan(voters(3)).add(taken), "h2:22", "s2");
        refused(() -> plan(voters(3)).moved(new Member("s1", "h2", 9, 8, 22)), "h2:22", "s2");
    }

    @Test
    void aMemberIsNotAddedAtAnotherAddress() {
        refused(() -> plan(voters(3)).add(new Member("s2", "elsewhere", 1, 2, 3)), "s2 is a member at h2");
    }

    @Test
    void oneChangeIsMadeAtATime() {
        List<Entry> joining = List.of(entry(1, Standing.VOTER), entry(2, Standing.VOTER), entry(3, Standing.JOINING));
        List<Entry> leaving = List.of(entry(1, Standing.VOTER), entry(2, Standing.VOTER), entry(3, Standing.LEAVING));

        refused(() -> plan(joining).add(node(4)), "s3 is joining", "remove it");
        refused(() -> plan(joining).remove("s2", ALL_ALIVE), "s3 is joining");
        refused(() -> plan(leaving).add(node(4)), "s3 is being removed");
    }

    @Test
    void aNodeThatNeverCaughtUpCanBeTakenOutAgain() {
        List<Entry> joining = List.of(entry(1, Standing.VOTER), entry(2, Standing.JOINING));

        assertThat(plan(joining).remove("s2", Set.of("s1"))).contains(entry(2, Standing.LEAVING));
    }

    @Test
    void aRemovalMayNotCostTheMajority() {
        refused(() -> plan(voters(3)).remove("s2", Set.of("s1", "s2")), "1 of the 2 voters left", "s3");
        assertThat(plan(voters(3)).remove("s3", Set.of("s1", "s2"))).contains(entry(3, Standing.LEAVING));
        refused(() -> plan(voters(5)).remove("s1", Set.of("s1", "s2", "s3")), "2 of the 4 voters left");
        assertThat(plan(voters(2)).remove("s2", Set.of("s1", "s2"))).isPresent();
    }

    @Test
    void theOnlyVoterStays() {
        refused(() -> plan(voters(1)).remove("s1", ALL_ALIVE), "the only voter");
    }

    @Test
    void whoIsNoMemberCannotBeRemoved() {
        assertThatThrownBy(() -> plan(voters(2)).remove("s9", ALL_ALIVE))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.BAD_REQUEST))
                .hasMessageContainingAll("s9", "[s1, s2]");
    }

    @Test
    void aMemberThatMovedKeepsItsStanding() {
        Member moved = new Member("s3", "elsewhere", 1, 2, 3);
        List<Entry> list = List.of(entry(1, Standing.VOTER), entry(3, Standing.JOINING));

        assertThat(plan(list).moved(moved)).contains(new Entry(moved, Standing.JOINING));
    }

    private static void refused(ThrowingCallable change, String... words) {
        assertThatThrownBy(change)
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.MEMBERSHIP_REFUSED))
                .hasMessageContainingAll(words);
    }

    private static MembershipPlan plan(List<Entry> entries) {
        return new MembershipPlan(new ClusterMembers(7, entries));
    }

    private static List<Entry> voters(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> entry(i, Standing.VOTER))
                .toList();
    }

    private static Entry entry(int i, Standing standing) {
        return new Entry(node(i), standing);
    }

    private static Member node(int i) {
        return new Member("s" + i, "h" + i, 10 * i, 10 * i + 1, 10 * i + 2);
    }
}
