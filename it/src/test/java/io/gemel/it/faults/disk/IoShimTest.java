package io.gemel.it.faults.disk;

import static io.gemel.it.faults.disk.IoShim.Effect.DELAY;
import static io.gemel.it.faults.disk.IoShim.Effect.EIO;
import static io.gemel.it.faults.disk.IoShim.Effect.ENOSPC;
import static io.gemel.it.faults.disk.IoShim.Effect.FLIP;
import static io.gemel.it.faults.disk.IoShim.Effect.LIE;
import static io.gemel.it.faults.disk.IoShim.Operation.READ;
import static io.gemel.it.faults.disk.IoShim.Operation.SYNC;
import static io.gemel.it.faults.disk.IoShim.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gemel.it.faults.disk.IoShim.Rule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IoShimTest {
    private static final String TOUCHED = "raft/log/000004.log";

    @TempDir
    Path dir;

    @BeforeEach
    void compiles() {
        assumeThat(new Machine().withoutShim()).isEmpty();
        IoShim.compile(dir.resolve("shim.so"));
    }

    @Test
    void withoutARuleNothingHappens() throws Exception {
        assertThat(trial(List.of())).startsWith("write ok sync ok read ok");
    }

    @Test
    void eachRuleMeetsItsOperationAlone() throws Exception {
        assertThat(trial(List.of(new Rule(WRITE, EIO, 0, "raft/log")))).startsWith("write Input/output error");
        assertThat(trial(List.of(new Rule(WRITE, ENOSPC, 0, "raft/log")))).startsWith("write No space left on device");
        assertThat(trial(List.of(new Rule(SYNC, EIO, 0, "raft/log")))).startsWith("write ok sync Input/output error");
        assertThat(trial(List.of(new Rule(SYNC, LIE, 0, "raft/log")))).startsWith("write ok sync ok read ok");
        assertThat(trial(List.of(new Rule(READ, EIO, 0, "raft/log"))))
                .startsWith("write ok sync ok read Input/output error");
        assertThat(trial(List.of(new Rule(READ, FLIP, 1, "raft/log"))))
                .startsWith("write ok sync ok read ok but damaged");
    }

    @Test
    void aDelayIsWaitedFor() throws Exception {
        String said = trial(List.of(new Rule(SYNC, DELAY, 300, "raft/log")));

        assertThat(said).startsWith("write ok sync ok read ok");
        assertThat(Long.parseLong(said.substring(said.lastIndexOf(' ') + 1))).isGreaterThanOrEqualTo(300);
    }

    @Test
    void otherFilesAreLeftAlone() throws Exception {
        assertThat(trial(List.of(new Rule(WRITE, EIO, 0, "raft/meta")))).startsWith("write ok sync ok read ok");
    }

    /** A program that writes, syncs and reads one file; its own words, then the milliseconds that it took. */
    private String trial(List<Rule> rules) throws IOException, InterruptedException {
        Path control = Files.write(
                dir.resolve("iofault"), rules.stream().map(Rule::toString).toList());
        Path file = dir.resolve(TOUCHED);
        Files.createDirectories(file.getParent());
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                IoTrial.class.getName(),
                file.toString());
        builder.environment()
                .putAll(Map.of("LD_PRELOAD", dir.resolve("shim.so").toString(), "IOFAULT_FILE", control.toString()));
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.strip();
    }
}
