package io.gemel.it.faults.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real stage does what nemeses and workloads ask of it, and leaves nothing behind. */
@Tag("alone")
final class StageIT {
    @TempDir
    private Path dir;

    @Test
    void playsOverProxies() throws Exception {
        StageScenario.play("proxies", dir);
    }

    @Test
    void playsInNamespaces() throws Exception {
        assumeNamespaces();
        Elsewhere.run(
                PrivateNamespace.command(Elsewhere.java(StageScenario.class, "namespaces", dir.toString())),
                dir.resolve("scenario.log"));
        assertThat(dir.resolve("hosts")).doesNotExist();
    }

    @Test
    void endsWithAHarnessThatIsKilled() throws Exception {
        killed(Elsewhere.java(Abandoned.class, dir.toString()));
    }

    @Test
    void endsWithAHarnessThatIsKilledOutsideItsNamespace() throws Exception {
        assumeNamespaces();
        killed(Elsewhere.java(Abandoned.class, "again", dir.toString()));
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(dir.toString());
    }

    @Test
    void saysWhatItCannotGive() {
        Preparation preparation = new Preparation();
        preparation.needNetwork("namespaces");
        assertThatThrownBy(() -> RunningStage.start(new StageSpec(1, dir, preparation)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("private namespace");
    }

    private void killed(List<String> command) throws IOException {
        Path out = dir.resolve("abandoned.out");
        Process harness = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            await().atMost(Duration.ofMinutes(5))
                    .untilAsserted(() -> assertThat(out).content().contains("abandon me"));
            List<ProcessHandle> all = harness.descendants().toList();
            assertThat(all).hasSizeGreaterThanOrEqualTo(4);
            harness.destroyForcibly();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(all).noneMatch(ProcessHandle::isAlive));
        } finally {
            harness.descendants().forEach(ProcessHandle::destroyForcibly);
            harness.destroyForcibly();
        }
    }

    private static void assumeNamespaces() {
        assumeThat(PrivateNamespace.unavailable())
                .as("namespaces can be had here")
                .isEmpty();
    }
}
