package io.gemel.it.faults.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.disk.Corruptor.Damage;
import io.gemel.it.faults.disk.Corruptor.Harm;
import io.gemel.it.faults.disk.Corruptor.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorruptorTest {
    private static final List<String> FILES = List.of(
            "node.properties",
            "raft.high-water",
            "raft.standing",
            "raft/vote",
            "raft/log/000009.log",
            "raft/log/000008.sst",
            "raft/log/MANIFEST-000005",
            "raft/log/CURRENT",
            "raft/snapshot/snapshot_40/__raft_snapshot_meta",
            "raft/snapshot/snapshot_40/state/000010.sst",
            "state/000011.log",
            "state/000010.sst",
            "state/MANIFEST-000005");

    @TempDir
    Path data;

    @BeforeEach
    void fill() throws IOException {
        for (String file : FILES) {
            Files.createDirectories(data.resolve(file).getParent());
            Files.write(data.resolve(file), new byte[1_000]);
        }
        Files.createFile(data.resolve("raft/log/LOCK"));
    }

    @Test
    void oneBitOfOneFileIsFlipped() throws IOException {
        Damage damage = Corruptor.damage(data, Harm.FLIP, new Random(1)).orElseThrow();

        int bits = 0;
        for (String file : FILES) {
            for (byte b : Files.readAllBytes(data.resolve(file))) {
                bits += Integer.bitCount(b & 0xff);
            }
        }
        assertThat(bits).as(damage.toString()).isEqualTo(1);
    }

    @Test
    void aCutFileKeepsAtLeastHalf() throws IOException {
        Damage damage =
                Corruptor.damage(data, Harm.CUT, Part.LOG, new Random(2)).orElseThrow();

        assertThat(Files.size(data.resolve(damage.file()))).isBetween(500L, 999L);
    }

    @Test
    void aDeletedFileIsGone() {
        Damage damage = Corruptor.damage(data, Harm.DELETE, Part.SNAPSHOT, new Random(3))
                .orElseThrow();

        assertThat(data.resolve(damage.file())).doesNotExist();
        assertThat(damage.file().toString()).startsWith("raft/snapshot/snapshot_40/");
    }

    @Test
    void theSameRandomNumbersGiveTheSameDamageAndEveryPartIsMetInTime() {
        Set<Part> met = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            Damage damage = Corruptor.damage(data, Harm.FLIP, new Random(seed)).orElseThrow();
            met.add(damage.part());
            assertThat(Corruptor.damage(data, Harm.FLIP, new Random(seed)))
                    .as("undone by the same flip")
                    .contains(damage);
        }
        assertThat(met).containsExactlyInAnyOrderElementsOf(Arrays.asList(Part.values()));
    }

    @Test
    void whatIsNotThereIsNotDamaged() throws IOException {
        Files.delete(data.resolve("raft/vote"));

        assertThat(Corruptor.damage(data, Harm.DELETE, Part.VOTE, new Random(4)))
                .isEmpty();
    }
}
