package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedLogTest {
    private static final int WRITES = 300;

    @TempDir
    Path directory;

    /** With RocksDB's default the damaged node starts, is elected, and cuts the log of the others. */
    @Test
    void oneFlippedBitStopsTheNodeAndLosesNothing() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode leader = group.leader();
            for (int i = 0; i < WRITES; i++) {
                leader.register(service(i), Instance.persistent("10.0.0.1", 80));
            }
            TestNode damaged = group.follower();
            group.assertConverged();
            damaged.close();
            flipABitInTheMiddle(directory.resolve(damaged.id()).resolve("raft/log"));

            assertThatThrownBy(damaged::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.resolve(damaged.id()).toString());
            TestNode healthy = group.follower();
            for (int i = 0; i < WRITES; i++) {
                assertThat(healthy.read(service(i), ReadLevel.LINEARIZABLE)).hasSize(1);
            }
        }
    }

    @Test
    void aNodeWhoseLogOrVoteIsGoneDoesNotComeBackToVote() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader().register(service(1), Instance.persistent("10.0.0.1", 80));
            group.assertConverged();
            TestNode node = group.follower();
            node.close();
            Path raft = directory.resolve(node.id()).resolve("raft");
            Path aside = directory.resolve("aside");

            Files.move(raft.resolve("log"), aside);
            assertThatThrownBy(node::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ends before");
            delete(raft.resolve("log"));
            Files.move(aside, raft.resolve("log"));

            Path vote = raft.resolve("vote");
            Files.move(vote, aside);
            assertThatThrownBy(node::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(vote.toString());
            Files.move(aside, vote);

            node.start();
            group.awaitReady();
            assertThat(node.read(service(1), ReadLevel.LINEARIZABLE)).hasSize(1);
        }
    }

    @Test
    void aLogThatCameToRestMayNotLoseEvenItsLastEntry() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode leader = group.leader();
            for (int i = 0; i < 20; i++) {
                leader.register(service(i), Instance.persistent("10.0.0.1", 80));
            }
            group.assertConverged();
            TestNode node = group.follower();
            long last = node.raft().status().logIndex();
            HighWaterMark mark = new HighWaterMark(directory.resolve(node.id()).resolve("raft.high-water"));
            await().untilAsserted(() -> assertThat(mark.read()).isEqualTo(last));
            node.close();
            Path wal = wal(directory.resolve(node.id()).resolve("raft/log"));
            Files.write(wal, Arrays.copyOf(Files.readAllBytes(wal), (int) Files.size(wal) - 1));

            assertThatThrownBy(node::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("move " + directory.resolve(node.id()) + " away");
        }
    }

    @Test
    void aVoteThatCannotBeSavedStopsTheNode() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode leader = group.leader();
            List<TestNode> others =
                    group.nodes.stream().filter(node -> node != leader).toList();
            for (TestNode node : others) {
                // Where the next version of the file would be written stands something that cannot be written.
                Files.createDirectories(directory.resolve(node.id()).resolve("raft/vote.new"));
            }
            leader.close();

            await().untilAsserted(() -> assertThat(others).anyMatch(node -> !node.failures.isEmpty()));
            assertThat(others).filteredOn(node -> node.failures.isEmpty()).noneMatch(TestNode::leads);
        }
    }

    private static void delete(Path log) throws IOException {
        try (Stream<Path> files = Files.walk(log)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static ServiceId service(int i) {
        return ServiceId.of("service" + i);
    }

    private static void flipABitInTheMiddle(Path log) throws IOException {
        Path wal = wal(log);
        byte[] bytes = Files.readAllBytes(wal);
        bytes[bytes.length / 2] ^= 1;
        Files.write(wal, bytes);
    }

    private static Path wal(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }
}
