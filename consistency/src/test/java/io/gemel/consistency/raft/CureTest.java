package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CureTest {
    @TempDir
    Path directory;

    @Test
    void aFullDiskWantsSpaceAndNothingMovedAway() {
        assertThat(member().ofState(new IOException("x", new IOException("IO error: No space left on device: a/b"))))
                .contains("free space")
                .doesNotContain(" away");
    }

    @Test
    void aFailingDiskIsNotMendedByMovingFiles() {
        assertThat(member().ofState(new IOException("IO error: While fsync: Input/output error")))
                .contains("disk of " + directory + " fails")
                .contains("takes all from the other members")
                .doesNotContain(" away");
        assertThat(new Cure(directory, true).of(new IOException("Read-only file system")))
                .contains("restore a backup");
    }

    @Test
    void aDamagedFileIsMovedAway() {
        IOException damaged = new IOException("Corruption: block checksum mismatch");
        assertThat(member().of(damaged)).contains("move " + directory + " away");
        assertThat(member().ofState(damaged)).contains("move " + directory.resolve("state") + " away");
        assertThat(new Cure(directory, true).of(damaged)).contains("from a backup");
    }

    private Cure member() {
        return new Cure(directory, false);
    }
}
