package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is persistent is saved in a file and put back, as operators ask for it. */
class BackupIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final ServiceId LEDGER = ServiceId.of("ledger");
    private static final int INSTANCES = 600;

    @Test
    void aBackupPutsBackWhatWasThereAndWatchersSeeNoGap() throws IOException {
        Cluster cluster = SANDBOX.cluster(Cluster.SLOW_ELECTIONS);
        cluster.heal();
        NamingService client = SANDBOX.client(cluster.nodes());
        client.registerAll(LEDGER, instances("a", INSTANCES));
        client.register("orders", Instance.ephemeral("10.1.0.1", 80));
        Path file = SANDBOX.dir().resolve("backup");

        GemelProcess.Ended saved = gemel(cluster, "backup", file.toString());

        assertThat(saved.exitCode()).as(saved.err()).isZero();
        assertThat(saved.out()).contains(INSTANCES + " persistent instances of 1 services");
        assertThat(SANDBOX.dir().resolve("backup.part")).doesNotExist();
        assertThat(SANDBOX.gemel("backup", "--verify", file.toString()).exitCode())
                .isZero();
        GemelProcess.Ended missing = gemel(cluster, "restore", file + "-of-yesterday");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("error FILE: '" + file + "-of-yesterday' is not there");
        GemelProcess.Ended nowhere = gemel(cluster, "backup", file + "-dir/backup");
        assertThat(nowhere.exitCode()).isEqualTo(1);
        assertThat(nowhere.err()).contains("error FILE: ");

        ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
        AtomicInteger seen = new AtomicInteger();
        client.subscribe("ledger", view -> {
            sizes.add(view.instances().size());
            seen.set(view.instances().size());
        });
        client.register("ledger", Instance.persistent("10.9.9.9", 80));
        client.register("later", Instance.persistent("10.1.0.1", 80));
        eventually().until(() -> seen.get() == INSTANCES + 1);

        GemelProcess.Ended refused = gemel(cluster, "restore", file.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("error NOT_EMPTY", (INSTANCES + 2) + " persistent instances of 2 services", "--replace");
        GemelProcess.Ended rehearsed = gemel(cluster, "restore", file.toString(), "--replace");
        assertThat(rehearsed.exitCode()).as(rehearsed.err()).isZero();
        assertThat(rehearsed.out()).contains("Nothing is done yet", (INSTANCES + 2) + " persistent instances");
        GemelProcess.Ended restored = gemel(cluster, "restore", file.toString(), "--replace", "--yes");

        assertThat(restored.exitCode()).as(restored.err()).isZero();
        eventually().until(() -> seen.get() == INSTANCES);
        for (Node node : cluster.nodes()) {
            assertThat(node.instances(LEDGER, ReadLevel.LINEARIZABLE)).hasSize(INSTANCES);
            assertThat(node.instances(ServiceId.of("later"))).isEmpty();
            assertThat(node.instances(ServiceId.of("orders"))).hasSize(1);
        }
        cluster.awaitAgreement();
        assertThat(sizes).allSatisfy(size -> assertThat(size).isGreaterThanOrEqualTo(INSTANCES));
    }

    @Test
    void aBackupGoesIntoANewClusterAndADamagedOneNowhere() throws IOException {
        Path file = SANDBOX.dir().resolve("backup");
        Node first = alone("s1");
        SANDBOX.client(first).registerAll(LEDGER, instances("b", 3));
        assertThat(SANDBOX.gemel("backup", file.toString(), "--server=" + first.address())
                        .exitCode())
                .isZero();
        Node second = alone("s9");
        byte[] bytes = Files.readAllBytes(file);
        Path damaged = Files.write(SANDBOX.dir().resolve("cut"), Arrays.copyOf(bytes, bytes.length - 5));

        GemelProcess.Ended refused = SANDBOX.gemel("restore", damaged.toString(), "--server=" + second.address());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("error BAD_BACKUP", "its end is missing");
        GemelProcess.Ended restored = SANDBOX.gemel("restore", file.toString(), "--server=" + second.address());

        assertThat(restored.exitCode()).as(restored.err()).isZero();
        assertThat(second.instances(LEDGER, ReadLevel.LINEARIZABLE)).hasSize(3);
    }

    @Test
    void aBackupThatIsBrokenOffLeavesNothingBehind() {
        Node silent = alone("s5");
        silent.process().freeze();
        Path part = SANDBOX.dir().resolve("broken-off.part");
        GemelProcess saving =
                SANDBOX.start("backup", SANDBOX.dir().resolve("broken-off").toString(), "--server=" + silent.address());
        eventually().until(() -> Files.exists(part));

        assertThat(saving.terminate(GemelProcess.PATIENCE)).isNotZero();
        assertThat(part).doesNotExist();
    }

    private static Node alone(String id) {
        Node node = SANDBOX.node(id);
        node.configure(List.of(
                "--node-id=" + id,
                "--client-port=" + node.clientPort(),
                "--server-port=" + node.serverPort(),
                "--raft-port=" + node.raftPort(),
                "--data-dir=" + node.dataDir()));
        node.start();
        node.awaitReady();
        return node;
    }

    private static List<Instance> instances(String zone, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Instance.persistent("10.2.%d.%d".formatted(i / 200, i % 200), 80)
                        .withMetadata("zone", zone.repeat(200)))
                .toList();
    }

    private static GemelProcess.Ended gemel(Cluster cluster, String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--server=" + String.join(",", Cluster.addresses(cluster.nodes()));
        return SANDBOX.gemel(all);
    }
}
