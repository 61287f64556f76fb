package io.gemel.consistency.raft;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Backups;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80).withWeight(3);
    private static final Instance B = Instance.persistent("10.0.0.2", 80);
    private static final int SECONDS_MAX = 120;

    @TempDir
    Path directory;

    @Test
    void aBackupOfOneClusterIsRestoredInAnother() throws Exception {
        byte[] backup = backupOfSomeCluster();
        assertThat(BackupFile.verify(new ByteArrayInputStream(backup)).cluster())
                .isEqualTo("test");
        try (TestGroup group = TestGroup.started(3, directory.resolve("other"))) {
            Backups.Restored restored = restore(group.follower(), backup, false, false);

            assertThat(restored.restored()).isEqualTo(new Backups.Count(2, 2, 2));
            assertThat(restored.replaced()).isEqualTo(new Backups.Count(0, 0, 0));
            for (TestNode node : group.nodes) {
                assertThat(node.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(A);
                assertThat(node.read(ServiceId.of("more"), ReadLevel.LOCAL)).containsExactly(B);
            }
            group.assertConverged();
        }
    }

    @Test
    void whatIsThereIsReplacedOnlyOnRequest() throws Exception {
        byte[] backup = backupOfSomeCluster();
        try (TestGroup group = TestGroup.started(1, directory.resolve("other"))) {
            TestNode node = group.nodes.get(0);
            node.register(ORDERS, B);
            long before = node.raft().status().appliedIndex();

            assertThatThrownBy(() -> restore(node, backup, false, false))
                    .satisfies(failure -> assertThat(code(failure)).isEqualTo(Code.NOT_EMPTY))
                    .hasMessageContaining("1 persistent instances of 1 services");
            assertThat(restore(node, backup, true, true).replaced()).isEqualTo(new Backups.Count(1, 1, 1));
            assertThat(node.raft().status().appliedIndex()).isEqualTo(before);
            assertThat(node.local(ORDERS)).containsExactly(B);

            Backups.Restored restored = restore(node, backup, true, false);
            assertThat(restored.revision()).isGreaterThan(before);
            assertThat(node.local(ORDERS)).containsExactly(A);
            assertThat(directory.resolve("other/s1").resolve(Restoration.FILE)).doesNotExist();
        }
    }

    @Test
    void nothingIsProposedOfADamagedBackup() throws Exception {
        byte[] backup = backupOfSomeCluster();
        try (TestGroup group = TestGroup.started(1, directory.resolve("other"))) {
            TestNode node = group.nodes.get(0);
            await().until(() ->
                    node.raft().membership().members().revision() > 0); // the last that a new node writes by itself
            long before = node.raft().status().logIndex();
            byte[] cut = Arrays.copyOf(backup, backup.length - 1);

            assertThatThrownBy(() -> restore(node, cut, false, false))
                    .satisfies(failure -> assertThat(code(failure)).isEqualTo(Code.BAD_REQUEST))
                    .hasMessageContaining("its end is missing");
            assertThat(node.raft().status().logIndex()).isEqualTo(before);
        }
    }

    @Test
    void aRestorationOutlivesItsLeader() throws Exception {
        byte[] backup;
        try (TestGroup group = TestGroup.started(1, directory.resolve("first"))) {
            TestNode node = group.nodes.get(0);
            for (int i = 0; i < 40; i++) {
                node.register(
                        ServiceId.of("large" + i),
                        A.withMetadata("k", "x".repeat(15_000)),
                        B.withMetadata("k", "y".repeat(15_000)));
            }
            backup = backup(node);
        }
        try (TestGroup group = TestGroup.started(3, directory.resolve("other"))) {
            TestNode leader = group.leader();
            TestNode through = group.follower();
            long before = leader.raft().status().logIndex();
            CompletableFuture<Backups.Restored> restored = begin(through, backup, false, false);
            await().until(() -> leader.raft().status().logIndex() > before + 1);
            leader.close();

            assertThat(restored.get(SECONDS_MAX, TimeUnit.SECONDS).revision()).isPositive();
            leader.start();
            group.awaitReady();
            for (TestNode node : group.nodes) {
                assertThat(node.read(ServiceId.of("large39"), ReadLevel.LINEARIZABLE))
                        .hasSize(2);
            }
            group.assertConverged();
        }
    }

    @Test
    void aCallerMayEndWhatItGivesWithoutWaiting() throws Exception {
        byte[] backup = backupOfSomeCluster();
        try (TestGroup group = TestGroup.started(1, directory.resolve("other"))) {
            Backups backups = group.nodes.get(0).raft().backups(InstantSource.system());
            for (int round = 0; round < 100; round++) {
                await().atMost(Duration.ofSeconds(30)).until(() -> rehearsed(backups, backup));
            }
        }
    }

    /** False while the one before is being put away. */
    private static boolean rehearsed(Backups backups, byte[] backup) throws Exception {
        try (Backups.Restoring restoring = backups.restore(false, true)) {
            for (byte part : backup) {
                var unused = restoring.add(new byte[] {part});
            }
            assertThat(restoring.finish().get(SECONDS_MAX, TimeUnit.SECONDS).restored())
                    .isEqualTo(new Backups.Count(2, 2, 2));
            return true;
        } catch (RegistryException busy) {
            assertThat(busy).hasMessageContaining("already");
            return false;
        }
    }

    @Test
    void anotherOneWaitsUntilTheFirstIsOver() throws Exception {
        byte[] backup = backupOfSomeCluster();
        try (TestGroup group = TestGroup.started(1, directory.resolve("other"))) {
            Backups backups = group.nodes.get(0).raft().backups(InstantSource.system());
            Backups.Restoring first = backups.restore(false, false);
            assertThatThrownBy(() -> backups.restore(false, false))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("already");
            first.close();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                try (Backups.Restoring second = backups.restore(false, false)) {
                    second.add(backup).get(SECONDS_MAX, TimeUnit.SECONDS);
                    assertThat(second.finish()
                                    .get(SECONDS_MAX, TimeUnit.SECONDS)
                                    .revision())
                            .isPositive();
                }
            });
        }
    }

    private byte[] backupOfSomeCluster() throws Exception {
        try (TestGroup group = TestGroup.started(1, directory.resolve("first"))) {
            TestNode node = group.nodes.get(0);
            node.register(ORDERS, A);
            node.register(ServiceId.of("more"), B);
            byte[] backup = backup(node);
            Files.write(directory.resolve("backup"), backup);
            return backup;
        }
    }

    private static byte[] backup(TestNode node) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Backups.Reading reading =
                node.raft().backups(InstantSource.system()).read().get(SECONDS_MAX, TimeUnit.SECONDS)) {
            for (Optional<byte[]> next = reading.next().get(SECONDS_MAX, TimeUnit.SECONDS);
                    next.isPresent();
                    next = reading.next().get(SECONDS_MAX, TimeUnit.SECONDS)) {
                out.write(next.get());
            }
        }
        return out.toByteArray();
    }

    private static Backups.Restored restore(TestNode node, byte[] backup, boolean replace, boolean rehearse)
            throws Exception {
        return begin(node, backup, replace, rehearse).get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Backups.Restored> begin(
            TestNode node, byte[] backup, boolean replace, boolean rehearse) throws Exception {
        Backups.Restoring restoring =
                node.raft().backups(InstantSource.system()).restore(replace, rehearse);
        int half = backup.length / 2;
        restoring.add(Arrays.copyOf(backup, half)).get(SECONDS_MAX, TimeUnit.SECONDS);
        restoring.add(Arrays.copyOfRange(backup, half, backup.length)).get(SECONDS_MAX, TimeUnit.SECONDS);
        return restoring.finish().whenComplete((restored, failure) -> restoring.close());
    }

    private static Code code(Throwable failure) {
        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        return ((RegistryException) requireNonNull(cause)).code();
    }
}
