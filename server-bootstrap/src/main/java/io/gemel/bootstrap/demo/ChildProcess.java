package io.gemel.bootstrap.demo;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code gemel} command as a process of its own: the java and the classes of this process, but nothing of its
 * environment's settings. It ends with this process at the latest.
 */
final class ChildProcess implements AutoCloseable {
    private static final Duration END_TIMEOUT = Duration.ofSeconds(20);
    private static final int TAIL_LINES = 20;

    /** What a small, quickly started JVM needs; as the start script has it. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-Xss512k",
            "-Xms32m",
            "-XX:NewRatio=1",
            "-XX:MaxNewSize=48m",
            "-XX:MinHeapFreeRatio=50",
            "-XX:PerfDataSamplingInterval=1000",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "-Dfile.encoding=UTF-8");

    private static final Path LARGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage");

    private final Process process;
    private final Path log;
    private final BufferedReader output;

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.output = process.inputReader();
    }

    /**
     * Starts {@code gemel} with {@code arguments}.
     *
     * @param log where its stderr goes, appended
     */
    static ChildProcess start(Path log, List<String> jvmOptions, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        if (Files.exists(LARGE_PAGES)) {
            command.add("-XX:+UseTransparentHugePages");
        }
        sharedArchive().ifPresent(command::add);
        command.addAll(jvmOptions);
        command.add("-D" + ServerProcess.PARENT_PROPERTY + "="
                + ProcessHandle.current().pid());
        command.addAll(List.of("-cp", absoluteClassPath(), "io.gemel.bootstrap.Main"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("GEMEL_"));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            return new ChildProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The archive of classes this JVM itself was started with, if any: it halves the start. */
    private static Optional<String> sharedArchive() {
        String archive = System.getProperty("gemel.archive");
        return archive == null || !Files.exists(Path.of(archive))
                ? Optional.empty()
                : Optional.of("-XX:SharedArchiveFile=" + archive);
    }

    private static String absoluteClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }

    /** Waits for a line of its output that starts with {@code beginning}. Throws {@link BrokenPromise} if none comes. */
    String await(String beginning, Duration atMost) {
        // Reading blocks, so it is done elsewhere; it ends when the process does.
        CompletableFuture<@Nullable String> line = CompletableFuture.supplyAsync(() -> readUntil(beginning));
        try {
            String found = line.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            if (found != null) {
                return found;
            }
            throw new BrokenPromise("the process ended with exit code %d before it said '%s'%n%s"
                    .formatted(awaitEnd(), beginning, logTail()));
        } catch (TimeoutException e) {
            throw new BrokenPromise(
                    "the process did not say '%s' within %d s%n%s".formatted(beginning, atMost.toSeconds(), logTail()),
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot read the output of a child process", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a child process", e);
        }
    }

    private @Nullable String readUntil(String beginning) {
        try {
            String line = output.readLine();
            while (line != null && !line.startsWith(beginning)) {
                line = output.readLine();
            }
            return line;
        } catch (IOException e) {
            return null; // the process has ended
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** {@code kill -9}, and waits until it is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM. Does not wait. */
    void askToEnd() {
        process.destroy();
    }

    /** Waits for its end, and kills it if that does not come. The exit code. */
    int awaitEnd() {
        try {
            if (!process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return -1;
        }
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        kill();
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
