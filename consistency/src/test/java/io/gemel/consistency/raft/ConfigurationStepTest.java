package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.raft.ConfigurationStep.AddLearner;
import io.gemel.consistency.raft.ConfigurationStep.AddVoter;
import io.gemel.consistency.raft.ConfigurationStep.Configured;
import io.gemel.consistency.raft.ConfigurationStep.HandOver;
import io.gemel.consistency.raft.ConfigurationStep.RemoveLearner;
import io.gemel.consistency.raft.ConfigurationStep.RemoveVoter;
import io.gemel.consistency.raft.ConfigurationStep.Write;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a leader brings Raft's configuration to the list of members. */
class ConfigurationStepTest {
    private static final Entry SELF = entry("s1", Standing.VOTER);

    @Test
    void theFirstLeaderWritesDownWhoTheMembersAre() {
        assertThat(ConfigurationStep.next(
                        ClusterMembers.NONE,
                        new Configured(Set.of("s1", "s2"), Set.of(), Set.of("s1")),
                        "s1",
                        List.of(member("s1"), member("s2"))))
                .contains(new Write(List.of(entry("s1", Standing.VOTER), entry("s2", Standing.VOTER))));
    }

    @Test
    void aNodeThatJoinsLearnsThenVotes() {
        assertThat(next(entry("s2", Standing.JOINING), Set.of(), Set.of())).contains(new AddLearner("s2"));
        assertThat(next(entry("s2", Standing.JOINING), Set.of(), Set.of("s2"))).isEmpty();
        assertThat(next(entry("s2", Standing.CAUGHT_UP), Set.of(), Set.of("s2")))
                .contains(new RemoveLearner("s2"));
        assertThat(next(entry("s2", Standing.CAUGHT_UP), Set.of(), Set.of())).contains(new AddVoter("s2"));
        assertThat(next(entry("s2", Standing.CAUGHT_UP), Set.of("s2"), Set.of()))
                .contains(new Write(List.of(entry("s2", Standing.VOTER))));
        assertThat(next(entry("s2", Standing.VOTER), Set.of("s2"), Set.of())).isEmpty();
    }

    @Test
    void aNodeThatLeavesIsCalledRemovedOnceItVotesNoMore() {
        assertThat(next(entry("s2", Standing.LEAVING), Set.of("s2"), Set.of())).contains(new RemoveVoter("s2"));
        assertThat(next(entry("s2", Standing.LEAVING), Set.of(), Set.of("s2"))).contains(new RemoveLearner("s2"));
        assertThat(next(entry("s2", Standing.LEAVING), Set.of(), Set.of()))
                .contains(new Write(List.of(entry("s2", Standing.REMOVED))));
        assertThat(next(entry("s2", Standing.REMOVED), Set.of(), Set.of())).isEmpty();
    }

    @Test
    void aLeaderThatLeavesHandsOverFirst() {
        assertThat(ConfigurationStep.next(
                        new ClusterMembers(7, List.of(entry("s1", Standing.LEAVING), entry("s2", Standing.VOTER))),
                        new Configured(Set.of("s1", "s2"), Set.of(), Set.of("s1", "s2")),
                        "s1",
                        List.of()))
                .contains(new HandOver());
    }

    @Test
    void whoWasLeftOutOfARecoveryIsRemoved() {
        assertThat(next(entry("s2", Standing.VOTER), Set.of(), Set.of()))
                .contains(new Write(List.of(entry("s2", Standing.REMOVED))));
    }

    private static Optional<ConfigurationStep> next(Entry other, Set<String> otherVoters, Set<String> learners) {
        Set<String> voters = new HashSet<>(otherVoters);
        voters.add("s1");
        return ConfigurationStep.next(
                new ClusterMembers(7, List.of(SELF, other)), new Configured(voters, learners, voters), "s1", List.of());
    }

    private static Entry entry(String id, Standing standing) {
        return new Entry(member(id), standing);
    }

    private static Member member(String id) {
        return new Member(id, id, 1, 2, 3);
    }
}
