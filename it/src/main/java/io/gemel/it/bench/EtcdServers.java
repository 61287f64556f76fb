package io.gemel.it.bench;

import io.gemel.bootstrap.demo.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three etcd servers that are each other's members, and the clients of them. Closing it removes all it made.
 *
 * <p>They run with etcd's default settings, on the loopback address. Unlike Gemel's servers they do not notice the end of this
 * process, so it kills them when it is asked to end; only {@code kill -9} of it would leave them.
 */
final class EtcdServers implements AutoCloseable {
    private static final int NODES = 3;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final int TAIL_LINES = 20;

    private final Path dir;
    private final List<Node> nodes = new ArrayList<>();
    private final List<EtcdClient> clients = new ArrayList<>();
    private final Thread hook = new Thread(this::end, "end-of-etcd");
    private boolean ended;

    private EtcdServers(Path dir) {
        this.dir = dir;
    }

    /**
     * One server.
     *
     * @param name of the member
     * @param port where it serves clients, at the loopback address
     */
    record Node(String name, int port, Process process, Path log) {}

    /** Starts servers with empty data directories, and waits until each has answered a linearizable read. */
    static EtcdServers start(Plan plan, Path program) throws IOException {
        Files.createDirectories(plan.dir());
        EtcdServers servers = new EtcdServers(Files.createTempDirectory(plan.dir(), "etcd-"));
        boolean ready = false;
        try {
            servers.startAll(program);
            for (Node node : servers.nodes) {
                servers.awaitServing(node);
            }
            ready = true;
            return servers;
        } finally {
            if (!ready) {
                servers.close();
            }
        }
    }

    private synchronized void startAll(Path program) throws IOException {
        Runtime.getRuntime().addShutdownHook(hook);
        List<Integer> ports = FreePorts.loopback(2 * NODES);
        List<Integer> clientPorts = ports.subList(0, NODES);
        List<Integer> peerPorts = ports.subList(NODES, 2 * NODES);
        String members = IntStream.range(0, NODES)
                .mapToObj(i -> name(i) + "=" + url(peerPorts.get(i)))
                .collect(Collectors.joining(","));
        for (int i = 0; i < NODES; i++) {
            Path log = dir.resolve(name(i) + ".log");
            ProcessBuilder builder = new ProcessBuilder(
                    program.toString(),
                    "--name=" + name(i),
                    "--data-dir=" + dir.resolve(name(i)),
                    "--listen-client-urls=" + url(clientPorts.get(i)),
                    "--advertise-client-urls=" + url(clientPorts.get(i)),
                    "--listen-peer-urls=" + url(peerPorts.get(i)),
                    "--initial-advertise-peer-urls=" + url(peerPorts.get(i)),
                    "--initial-cluster=" + members,
                    "--initial-cluster-state=new",
                    "--initial-cluster-token=" + dir.getFileName());
            // etcd takes settings from there, too, and they are to be its defaults.
            builder.environment().keySet().removeIf(variable -> variable.startsWith("ETCD_"));
            builder.redirectErrorStream(true).redirectOutput(log.toFile());
            nodes.add(new Node(name(i), clientPorts.get(i), builder.start(), log));
        }
    }

    private static String name(int index) {
        return "e" + (index + 1);
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private void awaitServing(Node node) throws IOException {
        try (EtcdClient client = EtcdClient.of(node.port())) {
            CompletableFuture.anyOf(
                            client.serving(READY_TIMEOUT), node.process().onExit())
                    .join();
        } catch (CompletionException failure) {
            throw new IOException(
                    "%s of etcd did not serve: %s%n%s".formatted(node.name(), failure.getCause(), logTail(node)),
                    failure);
        }
        if (!node.process().isAlive()) {
            throw new IOException("%s of etcd ended with exit code %d before it served%n%s"
                    .formatted(node.name(), node.process().exitValue(), logTail(node)));
        }
    }

    private static String logTail(Node node) throws IOException {
        List<String> lines = Files.readAllLines(node.log());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    List<Node> nodes() {
        return nodes;
    }

    /** "3 nodes of etcd 3.4.23". */
    String size() {
        return "%d nodes of etcd %s"
                .formatted(nodes.size(), standing(nodes.get(0)).version());
    }

    /** What all servers together have used of all cores. */
    Duration cpu() {
        return nodes.stream().map(node -> Machine.cpu(node.process().pid())).reduce(Duration.ZERO, Duration::plus);
    }

    /** A new client of {@code node}, with a connection of its own. It is closed with the servers. */
    EtcdClient client(Node node) {
        EtcdClient client = EtcdClient.of(node.port());
        clients.add(client);
        return client;
    }

    /** New clients, {@code perNode} at each server; they are closed with the servers. */
    List<EtcdClient> clients(int perNode) {
        return nodes.stream()
                .flatMap(node -> IntStream.range(0, perNode).mapToObj(i -> client(node)))
                .toList();
    }

    /** The Raft leader. Each server knows it, having served a linearizable read. */
    Node leader() throws IOException {
        return nodes.stream()
                .filter(node -> standing(node).leads())
                .findFirst()
                .orElseThrow(() -> new IOException("no etcd server says that it leads"));
    }

    /** The nodes but {@code left}. */
    List<Node> others(Node left) {
        return nodes.stream().filter(node -> !node.equals(left)).toList();
    }

    private static EtcdCalls.Standing standing(Node node) {
        try (EtcdClient client = EtcdClient.of(node.port())) {
            return client.standing().join();
        }
    }

    @Override
    public void close() throws IOException {
        clients.forEach(EtcdClient::close);
        try {
            end();
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The hook has been here, or is about to find nothing to do.
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    /** Kills the servers, waits for their ends and removes their data, once. */
    private synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        nodes.forEach(node -> node.process().destroyForcibly());
        nodes.forEach(node -> node.process().onExit().join());
        try {
            Servers.delete(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
