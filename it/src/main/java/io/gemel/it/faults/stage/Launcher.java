package io.gemel.it.faults.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts processes that do not outlive this one, however it ends and in whatever state they are. Thread-safe.
 *
 * <p>A child that watches its parent cannot do so while it is frozen. So the kernel is asked to kill it, where {@code setpriv}
 * is there to ask. The kernel means the thread that started it, so that one thread starts all and lives as long as they.
 */
final class Launcher implements AutoCloseable {
    private final ExecutorService parent = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "launcher");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> tied;
    private final Set<Process> started = new HashSet<>();
    private final Thread reaper = new Thread(this::killAll, "reaper");

    Launcher() {
        tied = Tool.answers("setpriv", "--pdeathsig", "KILL", "true")
                ? List.of("setpriv", "--pdeathsig", "KILL")
                : List.of();
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /**
     * Starts {@code builder}'s command.
     *
     * @param prefix a command that executes the rest of its arguments in its own place, such as {@code nsenter}
     */
    Process start(List<String> prefix, ProcessBuilder builder) {
        List<String> command = new ArrayList<>(tied);
        command.addAll(prefix);
        command.addAll(builder.command());
        builder.command(command);
        // Java's own environment for the children is what the builder says; nothing of Gemel's settings may leak in.
        builder.environment().keySet().removeIf(name -> name.startsWith("GEMEL_") || name.equals("JAVA_TOOL_OPTIONS"));
        try {
            return CompletableFuture.supplyAsync(() -> started(builder), parent).join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof UncheckedIOException cause) {
                throw new IllegalStateException("cannot start " + String.join(" ", command), cause);
            }
            throw failure;
        }
    }

    private Process started(ProcessBuilder builder) {
        synchronized (started) {
            try {
                started.removeIf(process -> !process.isAlive());
                Process process = builder.start();
                started.add(process);
                return process;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Kills all that was started and still runs. */
    @Override
    public void close() {
        killAll();
        parent.shutdown();
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException closing) {
            // This process ends, and the hook with it.
        }
    }

    private void killAll() {
        List<Process> all;
        synchronized (started) {
            all = List.copyOf(started);
            started.clear();
        }
        all.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        try {
            for (Process process : all) {
                process.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
