package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One process, of the jar that people run unless it is said otherwise. What it prints goes to files beside its working directory. */
final class GemelProcess implements AutoCloseable {
    /** Far beyond what anything here needs: reaching it means that something hangs. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;
    private final Thread reaper;

    private GemelProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
        this.reaper = new Thread(this::killAll, "reaper-" + process.pid());
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /** What a process left behind when it ended by itself. */
    record Ended(int exitCode, String out, String err) {}

    /**
     * Starts {@code gemel arguments}.
     *
     * @param dir where it runs
     * @param log the files for its output are called this, with {@code .out} and {@code .err}
     * @param environment in addition to this process's own, of which what configures Gemel is left out
     */
    static GemelProcess start(Path dir, Path log, Map<String, String> environment, List<String> arguments) {
        Path jar = Path.of(System.getProperty("gemel.jar", "gemel.jar"));
        assertThat(jar).as("made by server-bootstrap's package phase").isRegularFile();
        List<String> command = java("-ea");
        command.addAll(ClassArchive.options());
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(arguments);
        return launch(dir, log, environment, command);
    }

    /** A command that others may add to: a JVM of which many have room on one machine, with {@code arguments}. */
    static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Starts {@code command}, whatever program that is; the rest is as in {@link #start}. */
    static GemelProcess launch(Path dir, Path log, Map<String, String> environment, List<String> command) {
        try {
            Files.createDirectories(dir);
            Path out = Path.of(log + ".out");
            Path err = Path.of(log + ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(dir.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.startsWith("GEMEL_") || name.equals("JAVA_TOOL_OPTIONS"));
            builder.environment().putAll(environment);
            return new GemelProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /** What it printed so far. */
    String out() {
        return read(out);
    }

    /** What it logged so far. */
    String err() {
        return read(err);
    }

    /** Waits until it printed {@code text}; fails at once if it ends before. */
    void awaitOut(String text) {
        awaitOut(text, PATIENCE);
    }

    /** The same, for at most {@code limit}. */
    void awaitOut(String text, Duration limit) {
        await().atMost(limit).pollInterval(Duration.ofMillis(20)).until(() -> out().contains(text) || !alive());
        assertThat(out())
                .as("printed before it ended; its log says:%n%s", err())
                .contains(text);
    }

    /** Waits until it ends by itself, at most {@code limit}. */
    Ended awaitEnd(Duration limit) {
        try {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(ended)
                    .as("ended within %s; printed:%n%s%nand logged:%n%s", limit, out(), err())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        close();
        return new Ended(process.exitValue(), out(), err());
    }

    /** SIGTERM; returns the exit code, within {@code limit}. */
    int terminate(Duration limit) {
        process.destroy();
        return awaitEnd(limit).exitCode();
    }

    /** SIGSTOP: its connections stay open, and nothing answers on them. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT: it goes on where it was. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).as("kill -%s", name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL, and waits until it is gone. */
    void kill() {
        killAll();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills it if it runs, with all that it started. */
    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(reaper);
    }

    private void killAll() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
