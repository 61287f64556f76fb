package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Instance;
import io.gemel.naming.Member;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes join, move and leave a running group. */
class MembershipChangeTest {
    private static final ServiceId ORDERS = new ServiceId("public", "DEFAULT_GROUP", "orders");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final List<TestNode> more = new ArrayList<>();

    @AfterEach
    void closeMore() {
        more.forEach(TestNode::close);
    }

    @Test
    void aNodeThatJoinsHasAllThatWasWrittenAndVotes() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader().register(ORDERS, instance(1));

            TestNode fourth = join(group, "s4");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(standing(group.leader(), "s4"))
                            .as("s4, which says: %s, failed by %s", fourth.reason(), fourth.failures)
                            .contains(Standing.VOTER));
            await().atMost(PATIENCE).until(fourth::ready);
            assertThat(fourth.read(ORDERS, ReadLevel.LINEARIZABLE)).hasSize(1);
            fourth.register(ORDERS, instance(2));
            assertThat(group.leader().read(ORDERS, ReadLevel.LINEARIZABLE)).hasSize(2);
            assertThat(group.nodes)
                    .allSatisfy(node -> assertThat(node.memberIds()).containsExactly("s1", "s2", "s3", "s4"));
        }
    }

    @Test
    void aSingleNodeGrowsToThree() throws Exception {
        try (TestGroup group = TestGroup.started(1, directory)) {
            group.leader().register(ORDERS, instance(1));
            TestNode second = join(group, "s2");
            await().atMost(PATIENCE).until(() -> standing(group.leader(), "s2").equals(Optional.of(Standing.VOTER)));
            TestNode third = join(group, "s3");
            await().atMost(PATIENCE).until(() -> standing(group.leader(), "s3").equals(Optional.of(Standing.VOTER)));
            await().atMost(PATIENCE).until(() -> second.ready() && third.ready());

            group.nodes.get(0).close();

            await().atMost(PATIENCE).until(() -> second.leads() || third.leads());
            assertThat(second.read(ORDERS, ReadLevel.LINEARIZABLE)).hasSize(1);
            third.register(ORDERS, instance(2));
        }
    }

    @Test
    void aNodeThatWasRemovedIsToldSoAndAnswersNoMore() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode gone = group.follower();

            change(() -> group.leader().raft().membership().remove(gone.id()));

            await().atMost(PATIENCE)
                    .until(() -> standing(group.leader(), gone.id()).equals(Optional.of(Standing.REMOVED)));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(gone.reason()).contains("was removed from the cluster"));
            assertThat(gone.ready()).isFalse();
            assertThat(group.leader().memberIds()).hasSize(2).doesNotContain(gone.id());
            group.leader().register(ORDERS, instance(1));
        }
    }

    @Test
    void aNodeThatWasDownWhenItWasRemovedFindsOut() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode gone = group.follower();
            gone.close();
            change(() -> group.leader().raft().membership().remove(gone.id()));
            await().atMost(PATIENCE)
                    .until(() -> standing(group.leader(), gone.id()).equals(Optional.of(Standing.REMOVED)));

            gone.start();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(gone.reason()).contains("was removed from the cluster"));
            assertThatThrownBy(() ->
                            change(() -> group.leader().raft().membership().add(gone.self())))
                    .hasMessageContaining("ids are not used again");
        }
    }

    @Test
    void theLeaderHandsOverBeforeItLeaves() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode leader = group.leader();
            TestNode other = group.follower();
            other.register(ORDERS, instance(1));

            change(() -> other.raft().membership().remove(leader.id()));

            await().atMost(PATIENCE).until(() -> standing(other, leader.id()).equals(Optional.of(Standing.REMOVED)));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(leader.reason()).contains("was removed"));
            assertThat(other.read(ORDERS, ReadLevel.LINEARIZABLE)).hasSize(1);
            other.register(ORDERS, instance(2));
        }
    }

    @Test
    void theLeadershipGoesWhereItIsWanted() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode follower = group.follower();

            String leader = group.leader()
                    .raft()
                    .membership()
                    .transferLeadership(Optional.of(follower.id()))
                    .get(10, TimeUnit.SECONDS);

            assertThat(leader).isEqualTo(follower.id());
            await().atMost(PATIENCE).until(follower::leads);
            assertThatThrownBy(() -> follower.raft()
                            .membership()
                            .transferLeadership(Optional.of("s9"))
                            .get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("s9");
        }
    }

    @Test
    void aNodeThatMovedIsFoundWhereItIs() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode mover = group.follower();
            mover.close();
            Member elsewhere = member(mover.id());

            TestNode moved = keep(TestNode.returning(elsewhere, List.of(), directory.resolve(mover.id()))
                    .start());

            await().atMost(PATIENCE).until(moved::ready);
            await().atMost(PATIENCE)
                    .until(() -> group.leader()
                            .raft()
                            .membership()
                            .members()
                            .find(mover.id())
                            .map(entry -> entry.member())
                            .equals(Optional.of(elsewhere)));
            moved.register(ORDERS, instance(1));
            group.leader().register(ORDERS, instance(2));
            assertThat(moved.read(ORDERS, ReadLevel.LINEARIZABLE)).hasSize(2);
        }
    }

    @Test
    void allMayMoveAtOnceIfTheyAreToldWhereTheOthersAre() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader().register(ORDERS, instance(1));
            group.nodes.forEach(TestNode::close);
            List<Member> elsewhere = List.of(member("s1"), member("s2"), member("s3"));

            List<TestNode> moved = elsewhere.stream()
                    .map(self -> keep(TestNode.returning(self, elsewhere, directory.resolve(self.id())))
                            .start())
                    .toList();

            await().atMost(PATIENCE).until(() -> moved.stream().allMatch(TestNode::ready));
            assertThat(moved.get(0).read(ORDERS, ReadLevel.LINEARIZABLE)).hasSize(1);
            moved.get(1).register(ORDERS, instance(2));
            await().atMost(PATIENCE)
                    .until(() -> moved.get(0).raft().membership().members().entries().stream()
                            .map(entry -> entry.member())
                            .toList()
                            .equals(elsewhere));
        }
    }

    @Test
    void aMajorityThatIsLostForGoodIsGivenUpByTheOneThatIsLeft() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader().register(ORDERS, instance(1));
            group.assertConverged();
            TestNode survivor = group.follower();
            assertThatThrownBy(() -> survivor.raft()
                            .membership()
                            .recover(Set.of(survivor.id()), true)
                            .get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("there is a majority");
            group.nodes.stream().filter(node -> node != survivor).forEach(TestNode::close);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(survivor.raft()
                                    .membership()
                                    .recover(Set.of(survivor.id()), true)
                                    .get(10, TimeUnit.SECONDS)
                                    .lost())
                            .hasSize(2));

            survivor.raft().membership().recover(Set.of(survivor.id()), false).get(10, TimeUnit.SECONDS);

            await().atMost(PATIENCE).until(survivor::leads);
            await().atMost(PATIENCE).until(() -> survivor.memberIds().equals(List.of(survivor.id())));
            assertThat(survivor.read(ORDERS, ReadLevel.LINEARIZABLE)).hasSize(1);
            survivor.register(ORDERS, instance(2));
        }
    }

    private TestNode join(TestGroup group, String id) throws Exception {
        Member self = member(id);
        TestNode node = keep(TestNode.joining(
                        self, group.nodes.stream().map(TestNode::self).toList(), directory.resolve(id)))
                .start();
        change(() -> group.nodes.get(0).raft().membership().add(self));
        return node;
    }

    private TestNode keep(TestNode node) {
        more.add(node);
        return node;
    }

    private interface Change {
        CompletableFuture<?> make();
    }

    /** Asks, again while a leader is missing: to ask again is safe. */
    private static void change(Change change) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                change.make().get(20, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                boolean leaderless = e.getCause() instanceof RegistryException refusal
                        && Set.of(RegistryException.Code.NO_LEADER, RegistryException.Code.UNKNOWN_OUTCOME)
                                .contains(refusal.code());
                if (!leaderless || attempt == 5) {
                    throw e;
                }
            }
        }
    }

    private static Optional<Standing> standing(TestNode node, String id) {
        return node.raft().membership().members().find(id).map(entry -> entry.standing());
    }

    private static Member member(String id) throws IOException {
        List<Integer> ports = TestGroup.freePorts(3);
        return new Member(id, "127.0.0.1", ports.get(0), ports.get(1), ports.get(2));
    }

    private static Instance instance(int number) {
        return Instance.persistent("10.0.0." + number, 8080);
    }
}
