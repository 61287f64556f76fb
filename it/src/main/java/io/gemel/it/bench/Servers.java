package io.gemel.it.bench;

import io.gemel.bootstrap.demo.FreePorts;
import io.gemel.bootstrap.demo.LocalCluster;
import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.naming.ReadLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One server, or three that are each other's members, and the clients of them. Closing it removes all it made. */
final class Servers implements AutoCloseable {
    private static final Map<String, String> SETTINGS = Map.of("log-level", "warn");

    /** A busy machine takes its time to start so many JVMs. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(60);

    private final Path dir;
    private List<ServerProcess> nodes;
    private final List<NamingService> clients = new ArrayList<>();

    private Servers(Path dir, List<ServerProcess> nodes) {
        this.dir = dir;
        this.nodes = nodes;
    }

    /** Starts {@code count} servers with empty data directories, and waits until all are ready. */
    static Servers start(Plan plan, int count) throws IOException {
        return start(plan, count, List.of());
    }

    /** The same; of several servers each is on a JVM with {@code jvmOptions}. */
    static Servers start(Plan plan, int count, List<String> jvmOptions) throws IOException {
        Files.createDirectories(plan.dir());
        Path dir = Files.createTempDirectory(plan.dir(), "servers-");
        List<ServerProcess> nodes = count == 1
                ? List.of(alone(dir))
                : LocalCluster.in(dir, count, SETTINGS, jvmOptions).servers();
        Servers servers = new Servers(dir, nodes);
        boolean ready = false;
        try {
            nodes.forEach(ServerProcess::start);
            nodes.forEach(ServerProcess::awaitReady);
            ready = true;
            return servers;
        } finally {
            if (!ready) {
                servers.close();
            }
        }
    }

    /** As people run it first: without members. */
    private static ServerProcess alone(Path dir) {
        List<Integer> ports = FreePorts.loopback(3);
        Map<String, String> settings = Map.of(
                "client-port", ports.get(0).toString(),
                "server-port", ports.get(1).toString(),
                "raft-port", ports.get(2).toString(),
                "log-level", "warn");
        return new ServerProcess("s1", "127.0.0.1:" + ports.get(0), dir, settings);
    }

    List<ServerProcess> nodes() {
        return nodes;
    }

    /** "1 node" or "3 nodes". */
    String size() {
        return nodes.size() + (nodes.size() == 1 ? " node" : " nodes");
    }

    /** What all servers together have used of all cores. */
    Duration cpu() {
        return nodes.stream().map(node -> Machine.cpu(node.pid())).reduce(Duration.ZERO, Duration::plus);
    }

    /** A new client whose session is at {@code node}. It is closed with the servers. */
    NamingService client(ServerProcess node) {
        NamingService client =
                NamingService.connect(ClientOptions.of(node.clientAddress()).withConnectTimeout(CONNECT_TIMEOUT));
        clients.add(client);
        return client;
    }

    /** New clients, {@code perNode} at each server; they are closed with the servers. */
    List<NamingService> clients(int perNode) {
        return nodes.stream()
                .flatMap(node -> IntStream.range(0, perNode).mapToObj(i -> client(node)))
                .toList();
    }

    /** The Raft leader, once there is one that a majority follows. */
    ServerProcess leader() {
        List<String> addresses =
                nodes.stream().map(ServerProcess::clientAddress).toList();
        try (NamingService client = NamingService.connect(ClientOptions.of(addresses))) {
            // Only a leader with a majority lets such a read through, so there is no need to ask until there is one.
            client.instances(client.service("who-leads"), ReadLevel.LINEARIZABLE);
            String leader = client.status().raft().leader();
            return nodes.stream()
                    .filter(node -> node.id().equals(leader))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The nodes but {@code left}. */
    List<ServerProcess> others(ServerProcess left) {
        return nodes.stream().filter(node -> node != left).toList();
    }

    /** Starts a node that was killed, and waits until it has caught up. */
    static void restart(ServerProcess node) {
        node.kill();
        node.start();
        node.awaitReady();
        try (NamingService client = NamingService.connect(ClientOptions.of(node.clientAddress()))) {
            client.instances(client.service("caught-up"), ReadLevel.LINEARIZABLE);
        }
    }

    /** Kills all servers and starts them at once, with more {@code settings}; waits until all are ready. */
    void restartAll(Map<String, String> settings, Duration atMost) {
        nodes.forEach(ServerProcess::kill);
        nodes = nodes.stream().map(node -> node.with(settings)).toList();
        nodes.forEach(ServerProcess::start);
        nodes.forEach(node -> node.awaitReady(atMost));
    }

    @Override
    public void close() throws IOException {
        clients.forEach(NamingService::close);
        nodes.forEach(ServerProcess::close);
        delete(dir);
    }

    /** Removes a directory of servers that have ended, with all in it. */
    static void delete(Path dir) throws IOException {
        List<Path> made;
        try (Stream<Path> files = Files.walk(dir)) {
            made = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : made) {
            Files.deleteIfExists(file);
        }
    }
}
