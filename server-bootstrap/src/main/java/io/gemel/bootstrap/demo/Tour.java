package io.gemel.bootstrap.demo;

import io.gemel.bootstrap.cli.StatusTables;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The tour: what a cluster goes through in its worst hour, each step with what Gemel promises about it, checked.
 *
 * <p>Servers and clients are processes, and the signals are real. Throws {@link BrokenPromise} at the first promise that is
 * not kept. Not thread-safe, but for {@link #close}.
 */
final class Tour implements AutoCloseable {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Duration SHORT = Duration.ofSeconds(15);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Path dir;
    private final Story story;
    private final LocalCluster cluster;
    private final Views views;
    private final Map<Instance, ClientProcess> clients = new HashMap<>();
    private final Set<Instance> expected = new HashSet<>();
    private final Set<Instance> settled = new HashSet<>();
    private final List<ClientProcess> started = new CopyOnWriteArrayList<>();

    Tour(Path dir, Story story) {
        this.dir = dir;
        this.story = story;
        this.cluster = LocalCluster.in(dir, 3, Map.of());
        this.views = new Views(cluster, ORDERS);
    }

    LocalCluster cluster() {
        return cluster;
    }

    /** All steps. */
    void run() {
        startServers();
        ServerProcess leader = views.leader();
        List<ServerProcess> followers =
                cluster.servers().stream().filter(server -> server != leader).toList();
        Instance lonely = Instance.ephemeral("10.0.0.1", 8080);
        Instance durable = Instance.ephemeral("10.0.0.2", 8080);
        registerBothKinds(lonely, followers.get(0), durable, leader, followers.get(1));
        killClient(lonely);
        killLeader(leader, followers);
        restart(leader);
        stopAndStartAll();
        story.summary();
    }

    private void startServers() {
        story.chapter("Start three servers, each a process with its own data directory");
        long start = System.nanoTime();
        cluster.start();
        Duration took = since(start);
        story.kept("three servers are ready", took);
        story.figure("three servers from nothing to ready", took);
        views.leader();
        views.untilAgreed("the nodes agree", LONG);
        story.table(StatusTables.members(views.status()));
    }

    private void registerBothKinds(
            Instance first, ServerProcess at, Instance second, ServerProcess leader, ServerProcess other) {
        story.chapter("Register ephemeral and persistent instances at different nodes");
        register(first, at);
        register(second, leader);
        Instance persistent = Instance.persistent("10.0.0.9", 8080);
        register(persistent, other);
        views.linearizable("an acknowledged persistent write is seen by a linearizable read on any node", persistent);
        story.kept("a linearizable read at each node sees the persistent instance at once");
        Duration took = everywhere("every node lists both kinds", SHORT);
        story.kept("every node lists both kinds", took);
        story.table(views.table());
    }

    private void killClient(Instance instance) {
        ClientProcess client = clientOf(instance);
        story.chapter("kill -9 the client that holds " + instance.key() + " (process " + client.pid() + ")");
        long start = System.nanoTime();
        client.kill();
        expected.remove(instance);
        everywhere("the dead client's instance is gone everywhere, nothing else is", SHORT);
        Duration took = since(start);
        story.kept("its ephemeral instance is gone from every node, nothing else is", took);
        story.figure("kill -9 of a client to its instance gone on every node", took);
        story.table(views.table());
    }

    private void killLeader(ServerProcess leader, List<ServerProcess> survivors) {
        story.chapter("kill -9 the Raft leader, " + leader.id() + " (process " + leader.pid()
                + "), which also has the session of 10.0.0.2:8080");
        long start = System.nanoTime();
        leader.kill();
        everywhere("both kinds are still registered and readable on the others", SHORT);
        story.kept("both kinds are still registered and readable on the others");

        Instance persistent = Instance.persistent("10.0.0.10", 8080);
        Duration took = registerInProcess(persistent, survivors, start);
        expected.add(persistent);
        story.kept("a new persistent write is acknowledged", took);
        story.figure("kill -9 of the leader to the next acknowledged persistent write", took);
        views.linearizable("a linearizable read on the other node sees it", persistent);
        story.kept("a linearizable read on either node sees it");

        register(Instance.ephemeral("10.0.0.3", 8080), survivors.get(0));
        everywhere("both nodes list what is new, and never miss what was there", SHORT);
        story.kept("both nodes list what is new, and never missed what was there");
        story.table(views.table());
        story.says("leader now: " + views.leader().id());
    }

    private void restart(ServerProcess server) {
        story.chapter("Start " + server.id() + " again");
        long start = System.nanoTime();
        server.start();
        server.awaitReady();
        story.kept("it is ready", since(start));
        everywhere("it has caught up, and nothing was missing on the way", LONG);
        views.untilAgreed("digests and state hashes agree on all three", LONG);
        Duration took = since(start);
        story.kept("it has caught up: digests and state hashes are equal on all three", took);
        story.figure("restart of a killed node to equal state", took);
        story.table(StatusTables.members(views.status()));
        story.table(StatusTables.origins(views.status()));
    }

    private void stopAndStartAll() {
        story.chapter("Stop all three by SIGTERM, then start them again; the clients live on");
        long start = System.nanoTime();
        List<Integer> codes = cluster.stop();
        if (!codes.equals(List.of(0, 0, 0))) {
            throw new BrokenPromise("a server that is asked to stop exits with 0: the codes were " + codes);
        }
        story.kept("all three stopped cleanly", since(start));
        long restart = System.nanoTime();
        cluster.start();
        story.kept("all three are ready again", since(restart));
        Set<Instance> persistent = expected.stream()
                .filter(instance -> instance.durability() == Durability.PERSISTENT)
                .collect(Collectors.toSet());
        views.untilEverywhere(
                "persistent instances are there, ephemeral ones come back with their clients",
                LONG,
                expected,
                persistent);
        Duration took = since(restart);
        story.kept("the persistent instances were there from the first answer on");
        story.kept("the ephemeral ones came back with their clients", took);
        story.figure("start of all three to everything listed everywhere again", took);
        views.untilAgreed("all nodes agree", LONG);
        story.kept("digests and state hashes are equal on all three");
        story.table(views.table());
    }

    /** Waits until all nodes list what they should. What they have all listed before must not be missing on the way. */
    private Duration everywhere(String promise, Duration atMost) {
        Set<Instance> never = expected.stream().filter(settled::contains).collect(Collectors.toSet());
        Duration took = views.untilEverywhere(promise, atMost, expected, never);
        settled.addAll(expected);
        return took;
    }

    private void register(Instance instance, ServerProcess at) {
        boolean held = instance.durability() == Durability.EPHEMERAL;
        Path log = dir.resolve("client-" + instance.key().ip() + ".log");
        List<String> arguments = new ArrayList<>(
                List.of("register", ORDERS.name(), instance.key().toString()));
        if (!held) {
            arguments.add("--persistent");
        }
        ClientProcess client = ClientProcess.start(log, List.of(at.clientAddress()), arguments);
        started.add(client);
        story.says("$ " + client.commandLine() + "   (" + at.id() + ")");
        client.awaitRegistered();
        expected.add(instance);
        if (held) {
            clients.put(instance, client);
        } else if (client.awaitEnd() != 0) {
            throw new BrokenPromise("a command that registers a persistent instance exits with 0");
        }
    }

    /** As a client in this process, so that the figure does not include the start of one. */
    private Duration registerInProcess(Instance instance, List<ServerProcess> at, long startNanos) {
        Patience.until("a new persistent write succeeds", LONG, () -> {
            for (ServerProcess server : at) {
                try {
                    views.probe(server).register(ORDERS, instance);
                    return Optional.empty();
                } catch (RegistryException refusal) {
                    story.says(server.id() + " says " + refusal.code() + ": " + refusal.getMessage());
                }
            }
            return Optional.of("every node refused");
        });
        return since(startNanos);
    }

    private ClientProcess clientOf(Instance instance) {
        ClientProcess client = clients.get(instance);
        if (client == null) {
            throw new IllegalArgumentException("no client holds " + instance.key());
        }
        return client;
    }

    private static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** Ends every process that the tour has started. Any thread. */
    @Override
    public void close() {
        started.forEach(ClientProcess::close);
        cluster.close();
        views.close();
    }
}
