package io.gemel.it.faults.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrivateNamespaceTest {
    private static final Path SHARED = Path.of("/dev/shm");

    @Test
    void whatSharedMemoryIsLeftBehindMeetsNoLaterRun() {
        assumeThat(PrivateNamespace.unavailable()).isEmpty();
        assumeThat(Files.isWritable(SHARED)).isTrue();
        String left = SHARED.resolve("sem.gemel_test_" + ProcessHandle.current().pid())
                .toString();
        List<String> command = PrivateNamespace.command(
                List.of("sh", "-c", "ls " + SHARED + " && touch " + left + " && ls " + SHARED));

        Tool.Ended first = Tool.attempt(command, "");
        Tool.Ended second = Tool.attempt(command, "");

        assertThat(first.well()).as(first.output()).isTrue();
        assertThat(second.output().strip().lines())
                .containsExactly(Path.of(left).getFileName().toString());
        assertThat(Path.of(left)).doesNotExist();
    }
}
