package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUseTest {
    @TempDir
    private Path dir;

    @Test
    void aFileWithTwoNamesCountsOnce() throws IOException {
        Path state = Files.createDirectories(dir.resolve("state"));
        Path snapshot = Files.createDirectories(dir.resolve("snapshot"));
        Files.write(state.resolve("1.sst"), new byte[1_000]);
        Files.createLink(snapshot.resolve("1.sst"), state.resolve("1.sst"));
        Files.write(snapshot.resolve("list"), new byte[10]);

        assertThat(DiskUse.bytes(dir)).isEqualTo(1_010);
    }
}
