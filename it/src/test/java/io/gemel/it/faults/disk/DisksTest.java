package io.gemel.it.faults.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gemel.it.faults.stage.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DisksTest {
    private final Machine machine = new Machine();

    @TempDir
    Path dir;

    @Test
    void aLoopDiskForgetsWhatWasNotSyncedWhenThePowerGoes() {
        assumeThat(machine.withoutLoop()).isEmpty();

        assertThat(trial("loop")).isEqualTo("""
                        synced: true
                        unsynced: true
                        written without power: false
                        kept synced: true
                        kept unsynced: false
                        written to a full disk: false
                        written after free: true
                        left behind: false""");
    }

    @Test
    void aTmpfsDiskCanBeFull() {
        assumeThat(machine.withoutTmpfs()).isEmpty();

        assertThat(trial("tmpfs")).isEqualTo("""
                        written to a full disk: false
                        written after free: true
                        left behind: false""");
    }

    @Test
    void aPlainDiskSaysWhatItCannotDo() {
        try (Disk disk = Disks.make("plain", dir, "s1")) {
            assertThat(disk.dir()).isDirectory();
            assertThatThrownBy(disk::losePower)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("use a loop");
        }
        assertThat(Files.exists(dir.resolve("disk"))).isTrue();
    }

    private String trial(String kind) {
        return Command.run(
                "unshare",
                "-m",
                "--propagation",
                "private",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DiskTrial.class.getName(),
                kind,
                dir.toString());
    }
}
