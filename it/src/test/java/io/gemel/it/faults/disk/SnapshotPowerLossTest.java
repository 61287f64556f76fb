package io.gemel.it.faults.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot that a node has taken over is on its disk before the node goes on with it.
 *
 * <p>RocksDB writes most of what it needs anew when it opens the state, and syncs that: so each step is looked at by itself as well.
 */
class SnapshotPowerLossTest {
    @TempDir
    Path dir;

    @Test
    void whatWasTakenOverIsThereAfterALossOfPower() {
        assumeThat(new Machine().withoutLoop()).isEmpty();

        String said = Command.run(
                "unshare",
                "-m",
                "--propagation",
                "private",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SnapshotTrial.class.getName(),
                dir.toString());

        assertThat(said).isEqualTo("""
                        taken over 000009.sst: 5000 bytes
                        taken over CURRENT: 5000 bytes
                        taken over z.sst: 5000 bytes
                        renamed: true
                        opened as taken over: true""");
    }
}
