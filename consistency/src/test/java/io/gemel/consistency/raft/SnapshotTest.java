package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);
    private static final int MEBIBYTE = 1024 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path directory;

    /** What is kept at once is bounded by the settings and by RocksDB's buffers, not by what was ever written. */
    @Test
    void theDiskHoldsTheStateAndSoMuchLogHoweverMuchIsWritten() throws Exception {
        RaftConfig.Storage storage = new RaftConfig.Storage(NEVER, MEBIBYTE, 64 * MEBIBYTE, 0);
        long boundBytes = 56L * MEBIBYTE;
        try (TestGroup group = new TestGroup(1, directory, storage)) {
            TestNode node = group.nodes.get(0).start();
            group.awaitReady();
            SplittableRandom random = new SplittableRandom(1);
            long written = 0;
            long peak = 0;
            String largest = "";
            while (written < 2 * boundBytes) {
                written += register(node, random);
                long now = size(directory);
                if (now > peak) {
                    peak = now;
                    largest = "log %d, state %d, all %d"
                            .formatted(
                                    size(directory.resolve("s1/raft/log")), size(directory.resolve("s1/state")), now);
                }
            }
            assertThat(peak).as(largest).isBetween(1L * MEBIBYTE, boundBytes);
        }
    }

    @Test
    void aClusterThatDoesNothingTakesNoSnapshots() throws Exception {
        try (TestGroup group = new TestGroup(1, directory, SECOND)) {
            TestNode node = group.nodes.get(0).start();
            group.awaitReady();
            node.register(ORDERS, A);
            awaitSnapshot(node);
            Path snapshot = newest(node);
            Object taken = Files.readAttributes(snapshot, "unix:ino").get("ino");

            await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                assertThat(newest(node)).isEqualTo(snapshot);
                assertThat(Files.readAttributes(snapshot, "unix:ino").get("ino"))
                        .isEqualTo(taken);
            });
        }
    }

    @Test
    void aDamagedSnapshotIsRefusedAndFetchedAgain() throws Exception {
        try (TestGroup group = new TestGroup(3, directory, SECOND)) {
            TestNode behind = behind(group);
            TestNode leader = group.leader();
            flipABit(newest(leader).resolve("state"));
            behind.start();

            await().during(Duration.ofSeconds(3)).atMost(PATIENCE).untilAsserted(() -> {
                assertThat(behind.failures).isEmpty();
                assertThat(behind.local(ServiceId.of("more2"))).isEmpty();
                assertThat(behind.raft().status().logIndex()).isPositive();
            });
            leader.register(ORDERS, A); // so that there is another snapshot
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(behind.local(ServiceId.of("more2"))).containsExactly(A));
            group.assertConverged();
        }
    }

    @Test
    void aSnapshotIsCopiedNoFasterThanIsSet() throws Exception {
        RaftConfig.Storage storage = new RaftConfig.Storage(SECOND, 64L * MEBIBYTE, MEBIBYTE / 2, 0);
        try (TestGroup group = new TestGroup(3, directory, storage)) {
            group.nodes.forEach(TestNode::start);
            group.awaitReady();
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < 8; i++) {
                register(group.leader(), ServiceId.of("large" + i), random);
            }
            TestNode behind = behind(group);
            long bytes = size(newest(group.leader()));
            long began = System.nanoTime();
            behind.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(behind.local(ServiceId.of("more2"))).containsExactly(A));

            double seconds = (System.nanoTime() - began) / 1e9;
            assertThat(bytes).isGreaterThan(MEBIBYTE);
            assertThat(seconds).isGreaterThan((bytes - MEBIBYTE / 2.0) / (MEBIBYTE / 2.0) - 1);
            group.assertConverged();
        }
    }

    /** A node that is down, and whom the leader can only send its snapshot. */
    private TestNode behind(TestGroup group) throws Exception {
        group.nodes.stream().filter(node -> !node.up()).forEach(TestNode::start);
        group.awaitReady();
        group.leader().register(ORDERS, A);
        TestNode behind = group.follower();
        behind.read(ORDERS, ReadLevel.LINEARIZABLE);
        behind.close();
        TestNode leader = group.leader();
        // A log is cut at the snapshot before the last.
        for (int i = 0; i < 3; i++) {
            leader.register(ServiceId.of("more" + i), A);
            awaitSnapshot(leader);
        }
        return behind;
    }

    private void awaitSnapshot(TestNode node) {
        long applied = node.raft().status().appliedIndex();
        await().atMost(PATIENCE).until(() -> newest(node).endsWith("snapshot_" + applied));
    }

    private Path newest(TestNode node) throws IOException {
        Path snapshots = directory.resolve(node.id()).resolve("raft/snapshot");
        try (Stream<Path> all = Files.list(snapshots)) {
            return all.filter(path -> String.valueOf(path.getFileName()).startsWith("snapshot_"))
                    .max(Comparator.comparingLong(path ->
                            Long.parseLong(String.valueOf(path.getFileName()).substring("snapshot_".length()))))
                    .orElse(snapshots);
        }
    }

    private static long register(TestNode node, SplittableRandom random) throws Exception {
        return register(node, ORDERS, random);
    }

    /** Registers, in one write, what cannot be compressed; tells about how many bytes that are. */
    private static long register(TestNode node, ServiceId service, SplittableRandom random) throws Exception {
        List<Instance> instances = IntStream.range(0, 60)
                .mapToObj(i -> {
                    StringBuilder text = new StringBuilder();
                    while (text.length() < 4_000) {
                        text.append(Long.toString(random.nextLong(), Character.MAX_RADIX));
                    }
                    return Instance.persistent("10.0.1." + i, 80).withMetadata("k", text.toString());
                })
                .toList();
        node.register(service, instances.toArray(new Instance[0]));
        return instances.size() * 4_000L;
    }

    /** A copy takes the place of the file, because a snapshot shares its tables with the state. */
    private static void flipABit(Path snapshot) throws IOException {
        try (Stream<Path> files = Files.list(snapshot)) {
            Path table = files.filter(file -> file.toString().endsWith(".sst"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(table);
            bytes[bytes.length / 2] ^= 1;
            Path copy = Files.write(table.resolveSibling("copy"), bytes);
            Files.move(copy, table, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** What all files below take, each once however many names it has. */
    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(SnapshotTest::file)
                    .distinct()
                    .mapToLong(OnDisk::bytes)
                    .sum();
        } catch (UncheckedIOException e) {
            return 0; // a file was deleted meanwhile: this time does not count
        }
    }

    private record OnDisk(Object inode, long bytes) {}

    private static OnDisk file(Path file) {
        try {
            return new OnDisk(Files.getAttribute(file, "unix:ino"), Files.size(file));
        } catch (NoSuchFileException gone) {
            return new OnDisk(0L, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
