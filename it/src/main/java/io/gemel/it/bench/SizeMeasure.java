package io.gemel.it.bench;

import io.gemel.bootstrap.demo.BrokenPromise;
import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.RegistryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What so many persistent instances as {@link Plan#instances} cost three servers: memory, disk, restarts, snapshots, a new node. */
record SizeMeasure() implements Measure {
    private static final int NODES = 3;
    private static final Duration READY_MAX = Duration.ofMinutes(10);

    /** In which a server that has just done much comes to rest. */
    private static final Duration REST = Duration.ofSeconds(5);

    /** One step of the measure. */
    @FunctionalInterface
    private interface Step {
        List<Result> take() throws IOException;
    }

    @Override
    public String name() {
        return "size-persistent-3";
    }

    @Override
    public String question() {
        return "a million persistent instances: heap, disk, restart, a new node, writes during snapshots";
    }

    @Override
    public boolean onlyIfNamed() {
        return true;
    }

    @Override
    public Optional<String> missing() {
        return JavaHeap.missing();
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        Fleet fleet = new Fleet(plan.instances());
        List<Result> results = new ArrayList<>();
        List<String> jvm = List.of("-Xmx" + plan.heapMebibytes() + "m");
        try (Servers servers = Servers.start(plan, NODES, jvm)) {
            boolean filled = step(plan, results, "fill", () -> List.of(fill(plan, servers, fleet)));
            if (!filled) {
                return results;
            }
            step(plan, results, "memory", () -> memory(plan, servers, "filled"));
            step(plan, results, "restart", () -> List.of(restarts(plan, servers, fleet, false)));
            step(plan, results, "new node", () -> List.of(restarts(plan, servers, fleet, true)));
            step(plan, results, "restart of all", () -> List.of(restartAll(plan, servers, fleet)));
            step(plan, results, "snapshot", () -> new SnapshotStalls(plan, servers, fleet).measure(name()));
            step(plan, results, "memory at the end", () -> memory(plan, servers, "at the end"));
        }
        return results;
    }

    /** Takes {@code step}; whether it could be taken. What is known by then stays known if it could not. */
    private boolean step(Plan plan, List<Result> results, String what, Step step) {
        plan.say(what);
        try {
            List<Result> taken = step.take();
            results.addAll(taken);
            Report.table(taken).forEach(plan::say);
            return true;
        } catch (IOException
                | UncheckedIOException
                | BrokenPromise
                | RegistryException
                | CompletionException
                | NoSuchElementException failure) {
            plan.say("  " + what + " failed: " + failure);
            results.add(Result.failed(name(), what, String.valueOf(failure.getMessage())));
            return false;
        }
    }

    private Result fill(Plan plan, Servers servers, Fleet fleet) throws IOException {
        List<NamingService> clients = servers.clients(1);
        Duration cpu = servers.cpu();
        long start = plan.ticker().nanos();
        long failures = fleet.fill(plan, clients);
        double seconds = plan.millisSince(start) / 1e3;
        for (ServerProcess node : servers.nodes()) {
            checkCount(plan, node, fleet);
        }
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("s", Spread.of(seconds));
        figures.put("instances per s", Spread.of(fleet.instances() / seconds));
        figures.put("server us each", Spread.of(servers.cpu().minus(cpu).toNanos() / 1e3 / fleet.instances()));
        List<String> notes = failures == 0 ? List.of() : List.of(failures + " calls failed and were made again");
        return new Result(name(), "fill, " + setup(plan, fleet), figures, notes);
    }

    private String setup(Plan plan, Fleet fleet) {
        return "%,d instances of %,d services, -Xmx%dm"
                .formatted(fleet.instances(), fleet.services(), plan.heapMebibytes());
    }

    private List<Result> memory(Plan plan, Servers servers, String when) throws IOException {
        Windows.pass(plan, REST);
        ServerProcess leader = servers.leader();
        List<Result> results = new ArrayList<>();
        for (ServerProcess node : servers.nodes()) {
            double resident = Machine.residentMegabytes(node.pid());
            JavaHeap heap = JavaHeap.collected(node.pid());
            Map<String, Spread> figures = new LinkedHashMap<>();
            figures.put("heap MB", Spread.of(heap.used()));
            figures.put("heap taken MB", Spread.of(heap.total()));
            figures.put("RSS MB", Spread.of(resident));
            figures.put("disk MB", Spread.of(DiskUse.bytes(node.dataDir()) / 1e6));
            String role = node == leader ? "leader" : "follower";
            results.add(new Result(name(), when + ", " + role + " " + node.id(), figures, List.of()));
        }
        return results;
    }

    /** Kills a follower and starts it, with all that it had or with nothing. */
    private Result restarts(Plan plan, Servers servers, Fleet fleet, boolean emptied) throws IOException {
        double[] seconds = new double[plan.rounds()];
        double[] cpu = new double[plan.rounds()];
        for (int round = 0; round < plan.rounds(); round++) {
            List<ServerProcess> followers = servers.others(servers.leader());
            ServerProcess node = followers.get(round % followers.size());
            node.kill();
            if (emptied) {
                Servers.delete(node.dataDir());
            }
            long start = plan.ticker().nanos();
            node.start();
            node.awaitReady(READY_MAX);
            seconds[round] = plan.millisSince(start) / 1e3;
            cpu[round] = Machine.cpu(node.pid()).toMillis() / 1e3;
            plan.say("  %s ready after %.2f s".formatted(node.id(), seconds[round]));
            checkCount(plan, node, fleet);
            Windows.pass(plan, REST);
        }
        String what = emptied ? "a follower with nothing" : "a killed follower";
        return ready("%s, %d times".formatted(what, plan.rounds()), Spread.of(seconds), Spread.of(cpu));
    }

    private Result restartAll(Plan plan, Servers servers, Fleet fleet) throws IOException {
        long start = plan.ticker().nanos();
        servers.restartAll(SnapshotStalls.SETTINGS, READY_MAX);
        double seconds = plan.millisSince(start) / 1e3;
        double cpu = servers.cpu().toMillis() / 1e3;
        for (ServerProcess node : servers.nodes()) {
            checkCount(plan, node, fleet);
        }
        return ready("all three killed, started at once", Spread.of(seconds), Spread.of(cpu));
    }

    private Result ready(String what, Spread seconds, Spread cpu) {
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("ready s", seconds);
        figures.put("server CPU s until ready", cpu);
        return new Result(name(), what, figures, List.of());
    }

    /** Throws {@link IOException} unless {@code node}, which is ready, holds all instances. It was ready to show them, so it is asked once. */
    private static void checkCount(Plan plan, ServerProcess node, Fleet fleet) throws IOException {
        ClientOptions options = ClientOptions.of(node.clientAddress());
        try (NamingService client = NamingService.connect(options)) {
            NodeStatus status = client.status(node.clientAddress());
            plan.say("  %s: %,d instances, log index %d"
                    .formatted(
                            status.nodeId(), status.instances(), status.raft().appliedIndex()));
            if (!status.nodeId().equals(node.id()) || status.instances() != fleet.instances()) {
                throw new IOException("%s has %d instances (expected: %s with %d)"
                        .formatted(status.nodeId(), status.instances(), node.id(), fleet.instances()));
            }
        }
    }

    /** Where the servers keep their data. */
    static List<Path> dataDirs(Servers servers) {
        return servers.nodes().stream().map(ServerProcess::dataDir).toList();
    }
}
