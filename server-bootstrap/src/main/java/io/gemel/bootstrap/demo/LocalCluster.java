package io.gemel.bootstrap.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Servers that form one cluster on the loopback address, each a process with a directory of its own. */
public final class LocalCluster implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int PORTS_PER_NODE = 3;

    private final List<ServerProcess> servers;

    private LocalCluster(List<ServerProcess> servers) {
        this.servers = List.copyOf(servers);
    }

    /**
     * A cluster of {@code size} nodes, s1 and on, that do not run yet.
     *
     * @param dir gets a directory for each node
     * @param settings more settings, the same for each
     */
    public static LocalCluster in(Path dir, int size, Map<String, String> settings) {
        return in(dir, size, settings, List.of());
    }

    /** The same, each on a JVM with {@code jvmOptions} besides its usual ones. */
    public static LocalCluster in(Path dir, int size, Map<String, String> settings, List<String> jvmOptions) {
        List<Integer> ports = FreePorts.loopback(size * PORTS_PER_NODE);
        List<String> ids = new ArrayList<>();
        List<String> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            List<Integer> own = ports.subList(i * PORTS_PER_NODE, (i + 1) * PORTS_PER_NODE);
            ids.add("s" + (i + 1));
            members.add("s%d=%s:%s"
                    .formatted(i + 1, HOST, own.stream().map(String::valueOf).collect(Collectors.joining("/"))));
        }
        Map<String, String> all = new TreeMap<>(settings);
        all.put("members", String.join(",", members));
        List<ServerProcess> servers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String address = HOST + ":" + ports.get(i * PORTS_PER_NODE);
            servers.add(new ServerProcess(ids.get(i), address, directory(dir.resolve(ids.get(i))), all, jvmOptions));
        }
        return new LocalCluster(servers);
    }

    private static Path directory(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every node, in the order of their ids. */
    public List<ServerProcess> servers() {
        return servers;
    }

    /** The node with this id, which must exist. */
    public ServerProcess server(String id) {
        return servers.stream()
                .filter(server -> server.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** The nodes whose processes run. */
    public List<ServerProcess> running() {
        return servers.stream().filter(ServerProcess::alive).toList();
    }

    /** host:port of every client door. */
    public List<String> addresses() {
        return servers.stream().map(ServerProcess::clientAddress).toList();
    }

    /** Starts every node and waits until all are ready. */
    public void start() {
        servers.forEach(ServerProcess::start);
        servers.forEach(ServerProcess::awaitReady);
    }

    /** Stops every node by SIGTERM and waits for their ends; their exit codes. */
    public List<Integer> stop() {
        List<ServerProcess> stopping = running();
        stopping.forEach(ServerProcess::askToStop);
        return stopping.stream().map(ServerProcess::awaitStopped).toList();
    }

    /** Kills every node that runs. */
    @Override
    public void close() {
        servers.forEach(ServerProcess::close);
    }
}
