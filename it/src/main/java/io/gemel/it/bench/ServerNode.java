package io.gemel.it.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server that can be started, killed and started again, on ports and a data directory that stay. */
final class ServerNode implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String READY = "gemel ready";

    private final String id;
    private final Path script;
    private final Path dir;
    private final int clientPort;
    private final int serverPort;
    private final int raftPort;
    private @Nullable Process process;

    /** A server that is not running yet and keeps everything in {@code dir}. */
    ServerNode(String id, Path script, Path dir, FreePorts ports) {
        this.id = id;
        this.script = script;
        this.dir = dir;
        this.clientPort = ports.next();
        this.serverPort = ports.next();
        this.raftPort = ports.next();
    }

    String id() {
        return id;
    }

    /** host:port of its client door. */
    String address() {
        return HOST + ":" + clientPort;
    }

    /** As the setting {@code members} has it. */
    String member() {
        return "%s=%s:%d/%d/%d".formatted(id, HOST, clientPort, serverPort, raftPort);
    }

    /** Starts it without waiting. {@code members} is empty for a server that stands alone. */
    void start(String members) throws IOException {
        Files.createDirectories(dir);
        List<String> command = new ArrayList<>(List.of(
                script.toString(),
                "server",
                "--node-id=" + id,
                "--data-dir=" + dir.resolve("data"),
                "--log-level=warn"));
        command.addAll(
                members.isEmpty()
                        ? List.of(
                                "--client-port=" + clientPort, "--server-port=" + serverPort, "--raft-port=" + raftPort)
                        : List.of("--members=" + members));
        process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()))
                .start();
    }

    /** Waits until it says that it is ready. */
    void awaitReady() throws IOException {
        @SuppressWarnings("resource") // it ends with the process
        BufferedReader out = process().inputReader();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(READY)) {
                return;
            }
        }
        throw new IOException("%s ended before it was ready:%n%s".formatted(id, Files.readString(errors())));
    }

    /** The script replaces itself by the server, so this is the server's. */
    long pid() {
        return process().pid();
    }

    /** SIGKILL, without waiting. */
    void kill() {
        process().destroyForcibly();
    }

    /** SIGKILL if it runs, and waits until it is gone. */
    @Override
    public void close() throws IOException {
        if (process != null) {
            try {
                process.destroyForcibly().waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while " + id + " ended");
            }
        }
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException(id + " was not started");
        }
        return process;
    }

    private Path errors() {
        return dir.resolve("errors.log");
    }
}
