package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader is lost, and the election timeout is so long that nobody could wait for it. */
class LeaderLossTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);
    private static final Instance B = Instance.persistent("10.0.0.2", 80);
    private static final Duration NEVER = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    @Test
    void aLeaderWhoseProcessIsGoneIsReplacedAtOnce() throws Exception {
        try (TestGroup group = patient()) {
            TestNode leader = group.leader();
            leader.register(ORDERS, A);
            long term = leader.raft().status().term();
            List<TestNode> others = others(group, leader);

            leader.die();

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> others.stream().filter(TestNode::leads).count() == 1);
            for (TestNode other : others) {
                other.register(ORDERS, A, B);
                assertThat(other.local(ORDERS)).containsExactly(A, B);
                assertThat(other.raft().status().term())
                        .as("one election was enough")
                        .isEqualTo(term + 1);
            }
        }
    }

    @Test
    void aLeaderThatIsStoppedHandsTheLeadOver() throws Exception {
        try (TestGroup group = patient()) {
            TestNode leader = group.leader();
            leader.register(ORDERS, A);
            long term = leader.raft().status().term();

            leader.close();

            TestNode next = group.leader();
            assertThat(next.raft().status().term()).isEqualTo(term + 1);
            next.register(ORDERS, B);
        }
    }

    /** As behind a firewall that refuses in one direction. */
    @Test
    void aLeaderThatRefusesConnectionsButStillSpeaksIsNotReplaced() throws Exception {
        try (TestGroup group = patient()) {
            TestNode leader = group.leader();
            leader.register(ORDERS, A);
            long term = leader.raft().status().term();

            leader.closeRaftPort();

            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(5)).until(leader::leads);
            leader.register(ORDERS, B);
            assertThat(leader.raft().status().term()).isEqualTo(term);
        }
    }

    @Test
    void aSilentLeaderIsWaitedForLongerThanAFirstOne() throws Exception {
        Duration configured = Duration.ofSeconds(1);
        assertThat(FirstElection.timeout(configured)).isLessThan(configured);
        try (TestGroup group = TestGroup.started(3, directory)) {
            assertThat(group.leader().electionTimeoutConfigured()).isEqualTo(configured);
            awaitThatAFirstLeaderIsKnown(group);
        }
    }

    @Test
    void whoeverConfiguresLessWaitsForAFirstLeaderNoLongerThanThat() {
        assertThat(FirstElection.timeout(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(100));
    }

    private static void awaitThatAFirstLeaderIsKnown(TestGroup group) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> group.nodes.stream()
                        .allMatch(node -> node.electionTimeout().equals(node.electionTimeoutConfigured())));
    }

    private TestGroup patient() throws Exception {
        TestGroup group = TestGroup.started(3, directory);
        group.leader();
        awaitThatAFirstLeaderIsKnown(group);
        group.nodes.forEach(node -> node.electionTimeout(NEVER));
        return group;
    }

    private static List<TestNode> others(TestGroup group, TestNode leader) {
        return group.nodes.stream().filter(node -> node != leader).toList();
    }
}
