package io.gemel.it.bench;

import io.gemel.bootstrap.cli.ExitHook;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One server, or three that are each other's members, and the clients of them. Closing it removes all it made. */
final class Servers implements AutoCloseable {
    private final Path dir;
    private final List<ServerNode> nodes;
    private final String members;
    private final List<NamingService> clients = new ArrayList<>();

    private Servers(Plan plan, int count) throws IOException {
        Files.createDirectories(plan.dir());
        dir = Files.createTempDirectory(plan.dir(), "servers-");
        FreePorts ports = new FreePorts();
        nodes = IntStream.rangeClosed(1, count)
                .mapToObj(i -> new ServerNode("s" + i, plan.script(), dir.resolve("s" + i), ports))
                .toList();
        members = count == 1 ? "" : nodes.stream().map(ServerNode::member).collect(Collectors.joining(","));
        // Whoever interrupts a measurement must not be left with servers.
        ExitHook.run(() -> nodes.forEach(Servers::endIfRunning));
    }

    /** Starts {@code count} servers with empty data directories, and waits until all are ready. */
    static Servers start(Plan plan, int count) throws IOException {
        Servers servers = new Servers(plan, count);
        try {
            for (ServerNode node : servers.nodes) {
                node.start(servers.members);
            }
            for (ServerNode node : servers.nodes) {
                node.awaitReady();
            }
            return servers;
        } catch (IOException e) {
            servers.close();
            throw e;
        }
    }

    List<ServerNode> nodes() {
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
    NamingService client(ServerNode node) {
        NamingService client = NamingService.connect(ClientOptions.of(node.address()));
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
    ServerNode leader() {
        try (NamingService client = NamingService.connect(ClientOptions.of(addresses()))) {
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
    List<ServerNode> others(ServerNode left) {
        return nodes.stream().filter(node -> node != left).toList();
    }

    /** Starts a node that was killed, and waits until it has caught up. */
    void restart(ServerNode node) throws IOException {
        node.close();
        node.start(members);
        node.awaitReady();
        try (NamingService client = NamingService.connect(ClientOptions.of(node.address()))) {
            client.instances(client.service("caught-up"), ReadLevel.LINEARIZABLE);
        }
    }

    private List<String> addresses() {
        return nodes.stream().map(ServerNode::address).toList();
    }

    @Override
    public void close() throws IOException {
        clients.forEach(NamingService::close);
        for (ServerNode node : nodes) {
            node.close();
        }
        List<Path> made;
        try (Stream<Path> files = Files.walk(dir)) {
            made = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : made) {
            Files.deleteIfExists(file);
        }
    }

    private static void endIfRunning(ServerNode node) {
        try {
            node.close();
        } catch (IOException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
