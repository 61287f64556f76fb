package io.gemel.it.faults.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A tool of the operating system, run to its end. */
final class Command {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Command() {}

    /**
     * How a tool ended.
     *
     * @param output what it wrote to stdout and stderr, stripped
     */
    record Outcome(int exit, String output) {}

    /** Runs it; throws {@link IllegalStateException} with its own words unless it succeeds. */
    static String run(String... command) {
        Outcome outcome = attempt(command);
        if (outcome.exit() != 0) {
            throw new IllegalStateException(
                    "'%s' failed: %s".formatted(String.join(" ", command), brief(outcome.output())));
        }
        return outcome.output();
    }

    /** Runs it, whatever comes of it. A tool that is not there ends with 127, as in a shell. */
    static Outcome attempt(String... command) {
        try {
            Path output = Files.createTempFile("gemel-command", ".out");
            try {
                Process process = new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .start();
                if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return new Outcome(124, "no end within " + LIMIT.toSeconds() + " s");
                }
                return new Outcome(
                        process.exitValue(),
                        Files.readString(output, StandardCharsets.UTF_8).strip());
            } catch (IOException notThere) {
                return new Outcome(127, String.valueOf(notThere.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while " + command[0] + " ran", e);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the tool {@code name} is, looked for as a shell of root would. */
    static Optional<Path> find(String name) {
        String path = String.valueOf(System.getenv("PATH")) + ":/usr/sbin:/sbin";
        return Stream.of(path.split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String brief(String output) {
        return output.length() <= 500 ? output : output.substring(0, 500) + "…";
    }
}
