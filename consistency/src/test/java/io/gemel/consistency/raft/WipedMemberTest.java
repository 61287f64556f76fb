package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WipedMemberTest {
    /** Three times as long as it takes these nodes to elect a leader. */
    private static final Duration LONG_ENOUGH_TO_ELECT = Duration.ofSeconds(4);

    @TempDir
    Path directory;

    /** It would be of no use to them: the writes that only the third has would be gone. */
    @Test
    void aWipedMemberAndOneThatLagsElectNobody() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode leader = group.leader();
            leader.register(service(0), Instance.persistent("10.0.0.1", 80));
            group.assertConverged();
            List<TestNode> followers =
                    group.nodes.stream().filter(node -> node != leader).toList();
            TestNode lagging = followers.get(0);
            TestNode wiped = followers.get(1);
            lagging.close();
            for (int i = 1; i < 50; i++) {
                leader.register(service(i), Instance.persistent("10.0.0.1", 80));
            }
            wiped.close();
            leader.close();
            wipe(wiped);

            wiped.start();
            lagging.start();
            await().during(LONG_ENOUGH_TO_ELECT)
                    .atMost(LONG_ENOUGH_TO_ELECT.multipliedBy(2))
                    .until(() -> !wiped.leads() && !lagging.leads() && !wiped.ready());
            leader.start();
            group.awaitReady();

            for (int i = 0; i < 50; i++) {
                assertThat(wiped.read(service(i), ReadLevel.LINEARIZABLE)).hasSize(1);
            }
            group.assertConverged();
        }
    }

    @Test
    void aWipedMemberVotesAgainOnceItHasEverything() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader().register(service(0), Instance.persistent("10.0.0.1", 80));
            TestNode wiped = group.follower();
            wiped.close();
            wipe(wiped);
            wiped.start();
            group.awaitReady();
            await().untilAsserted(() -> assertThat(standing(wiped)).startsWith("1 member "));

            TestNode leader = group.leader();
            assertThat(leader).isNotSameAs(wiped);
            leader.close();

            // The two that are left are a majority, but only if both vote.
            group.leader().register(service(1), Instance.persistent("10.0.0.1", 80));
            assertThat(wiped.read(service(0), ReadLevel.LINEARIZABLE)).hasSize(1);
        }
    }

    @Test
    void aNewClusterBeginsWhenAllAreThere() throws Exception {
        try (TestGroup group = new TestGroup(3, directory, Duration.ofHours(1))) {
            TestNode first = group.nodes.get(0).start();
            TestNode second = group.nodes.get(1).start();
            await().during(LONG_ENOUGH_TO_ELECT)
                    .atMost(LONG_ENOUGH_TO_ELECT.multipliedBy(2))
                    .until(() -> !first.leads() && !second.leads());
            assertThat(first.reason()).contains("no answer from s3").contains("s2 is new");

            group.nodes.get(2).start();
            group.awaitReady();
            group.leader().register(service(0), Instance.persistent("10.0.0.1", 80));
            group.assertConverged();
        }
    }

    @Test
    void aMemberThatIsWipedAgainAndAgainLosesNothing() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            for (int round = 0; round < 4; round++) {
                TestNode wiped = group.nodes.get(round % 3);
                group.leader().register(service(round), Instance.persistent("10.0.0.1", 80));
                wiped.close();
                wipe(wiped);
                wiped.start();
                group.awaitReady();
                // Only when it votes again is it safe to lose the next.
                await().untilAsserted(() -> assertThat(standing(wiped)).startsWith("1 member "));
            }
            for (int round = 0; round < 4; round++) {
                assertThat(group.leader().read(service(round), ReadLevel.LINEARIZABLE))
                        .hasSize(1);
            }
            group.assertConverged();
        }
    }

    private String standing(TestNode node) throws IOException {
        return Files.readString(directory.resolve(node.id()).resolve("raft.standing"));
    }

    private void wipe(TestNode node) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(node.id()))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static ServiceId service(int i) {
        return ServiceId.of("service" + i);
    }
}
