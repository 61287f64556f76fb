package io.gemel.it.faults.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.ClassArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs programs of the tests in processes of their own. */
final class Elsewhere {
    private static final long PATIENCE_SECONDS = 600;

    private Elsewhere() {}

    /** The command of a program of the tests, with what tells it where the server is. */
    static List<String> java(Class<?> main, String... arguments) {
        Optional<Path> unused = ClassArchive.made();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-XX:-UsePerfData",
                "-Dgemel.jar=" + System.getProperty("gemel.jar"),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs a command whose end must be a good one. */
    static void run(List<String> command, Path log) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("ended; printed:%n%s", Files.readString(log))
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
