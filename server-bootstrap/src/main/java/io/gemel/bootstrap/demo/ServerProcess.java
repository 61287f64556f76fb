package io.gemel.bootstrap.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@code gemel server} as a process of its own, which can be killed, stopped and started again. Not thread-safe. */
public final class ServerProcess implements AutoCloseable {
    /** Names the process whose end a child does not outlive. */
    public static final String PARENT_PROPERTY = "gemel.parent";

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

    private final String id;
    private final String clientAddress;
    private final Path dir;
    private final Path log;
    private final Map<String, String> settings;
    private final List<String> jvmOptions;
    private @Nullable ChildProcess child;

    /**
     * A server that is not running yet.
     *
     * @param id its node id
     * @param clientAddress host:port of its client door, as its settings have it
     * @param dir where it keeps its data ({@code data/}) and its log ({@code server.log}); must exist
     * @param settings by name, as on the command line without the dashes
     */
    public ServerProcess(String id, String clientAddress, Path dir, Map<String, String> settings) {
        this(id, clientAddress, dir, settings, List.of());
    }

    /** The same, on a JVM with {@code jvmOptions} besides its usual ones, such as {@code -Xmx1g}. */
    public ServerProcess(
            String id, String clientAddress, Path dir, Map<String, String> settings, List<String> jvmOptions) {
        this.id = id;
        this.clientAddress = clientAddress;
        this.dir = dir;
        this.jvmOptions = List.copyOf(jvmOptions);
        this.log = dir.resolve("server.log");
        this.settings = new LinkedHashMap<>(
                Map.of("node-id", id, "data-dir", dir.resolve("data").toString()));
        this.settings.putAll(settings);
    }

    /** Its node id. */
    public String id() {
        return id;
    }

    /** host:port of its client door. */
    public String clientAddress() {
        return clientAddress;
    }

    /** Where its stderr goes, over all its starts. */
    public Path log() {
        return log;
    }

    /** Where it keeps its data, and nothing else is. */
    public Path dataDir() {
        return dir.resolve("data");
    }

    /** This server, not running, with other or more {@code settings}. Only one of the two may run. */
    public ServerProcess with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(more);
        return new ServerProcess(id, clientAddress, dir, all, jvmOptions);
    }

    /** Its process id. */
    public long pid() {
        return running().pid();
    }

    /** Whether its process runs. */
    public boolean alive() {
        return child != null && child.alive();
    }

    /** Starts it. Does not wait until it is ready. */
    public void start() {
        if (alive()) {
            throw new IllegalStateException(id + " runs already");
        }
        List<String> arguments = new ArrayList<>(List.of("server"));
        settings.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        child = ChildProcess.start(log, jvmOptions, arguments);
    }

    /** Waits until it says that it is ready; its own words. */
    public String awaitReady() {
        return awaitReady(READY_TIMEOUT);
    }

    /** The same, for a server with so much to read that it takes longer than a minute. */
    public String awaitReady(Duration atMost) {
        return running().await("gemel ready", atMost);
    }

    /** {@code kill -9}, and waits until it is gone. */
    public void kill() {
        running().kill();
    }

    /** SIGTERM. Does not wait. */
    public void askToStop() {
        running().askToEnd();
    }

    /** Waits until it has ended; its exit code. */
    public int awaitStopped() {
        return running().awaitEnd();
    }

    /** Kills it if it runs. */
    @Override
    public void close() {
        if (child != null) {
            child.close();
        }
    }

    private ChildProcess running() {
        if (child == null) {
            throw new IllegalStateException(id + " was never started");
        }
        return child;
    }
}
