package io.gemel.bootstrap.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A {@code gemel} command that speaks to a cluster, as a process of its own. Not thread-safe. */
final class ClientProcess implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final List<String> arguments;
    private final ChildProcess child;

    private ClientProcess(List<String> arguments, ChildProcess child) {
        this.arguments = arguments;
        this.child = child;
    }

    /**
     * Starts the command {@code gemel} with these arguments.
     *
     * @param log where its stderr goes, appended
     * @param servers host:port, the ones to connect to
     */
    public static ClientProcess start(Path log, List<String> servers, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--server=" + String.join(",", servers));
        return new ClientProcess(List.copyOf(all), ChildProcess.start(log, List.of("-XX:TieredStopAtLevel=1"), all));
    }

    /** What a person would type for it. */
    public String commandLine() {
        return "gemel " + String.join(" ", arguments);
    }

    /** Waits until it says that its instance is registered. */
    public void awaitRegistered() {
        child.await("registered ", TIMEOUT);
    }

    /** Its process id. */
    public long pid() {
        return child.pid();
    }

    /** Whether its process runs. */
    public boolean alive() {
        return child.alive();
    }

    /** {@code kill -9}, and waits until it is gone. */
    public void kill() {
        child.kill();
    }

    /** SIGTERM. Does not wait. */
    public void askToEnd() {
        child.askToEnd();
    }

    /** Waits until it has ended; its exit code. */
    public int awaitEnd() {
        return child.awaitEnd();
    }

    /** Kills it if it runs. */
    @Override
    public void close() {
        child.close();
    }
}
