package io.gemel.it.faults.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the system that is run and waited for. */
final class Tool {
    private static final long PATIENCE_SECONDS = 20;

    private Tool() {}

    /**
     * How a program ended.
     *
     * @param code its exit code
     * @param output all it printed, to both streams
     */
    record Ended(int code, String output) {
        boolean well() {
            return code == 0;
        }
    }

    /** Runs a program; throws {@link IllegalStateException} with what it printed if it fails. */
    static String run(List<String> command) {
        return run(command, "");
    }

    /** Runs a program that reads {@code input}. */
    static String run(List<String> command, String input) {
        Ended ended = attempt(command, input);
        if (!ended.well()) {
            throw new IllegalStateException("'%s' ended with %d: %s"
                    .formatted(
                            String.join(" ", command),
                            ended.code(),
                            ended.output().strip()));
        }
        return ended.output();
    }

    /** Runs a program that may fail; one that does not exist ends with 127. */
    static Ended attempt(List<String> command, String input) {
        try {
            Path output = Files.createTempFile("tool", ".out");
            try {
                return attempt(command, input, output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Ended attempt(List<String> command, String input, Path output) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            return new Ended(127, String.valueOf(e.getMessage()));
        }
        try {
            try (var to = process.outputWriter(StandardCharsets.UTF_8)) {
                to.write(input);
            } catch (IOException e) {
                // It ended without reading; its exit code says whether that was well.
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Ended(124, "no end within " + PATIENCE_SECONDS + " s");
            }
            return new Ended(process.exitValue(), Files.readString(output));
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return new Ended(130, "interrupted");
        }
    }

    /** Whether a program of that name can be run and answers {@code arguments} with success. */
    static boolean answers(String... command) {
        return attempt(List.of(command), "").well();
    }
}
