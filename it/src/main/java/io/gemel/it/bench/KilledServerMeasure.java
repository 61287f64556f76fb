package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.naming.Durability;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long the sessions of a server of three that is killed take to go on elsewhere, and what is seen of their instances meanwhile. They come
 * back as the client library's do: each after a pause of its own, at one of the other servers.
 */
record KilledServerMeasure() implements Measure {
    private static final int NODES = 3;
    private static final int OPENING = 100;
    private static final Duration LOOK = Duration.ofMillis(20);

    /** As the client library spreads those who lose a server at the same moment. */
    private static final long SPREAD_MILLIS = 500;

    /** Longer than what a dead server held is kept for its sake. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(12);

    @Override
    public String name() {
        return "killed-ephemeral-3";
    }

    @Override
    public String question() {
        return "time until all sessions of a killed server go on elsewhere, and instances that watchers missed";
    }

    @Override
    public boolean onlyIfNamed() {
        return true;
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        try (Servers servers = Servers.start(plan, NODES)) {
            List<BareSession> open = new ArrayList<>();
            try {
                return List.of(measure(plan, servers, open));
            } finally {
                open.forEach(BareSession::close);
            }
        }
    }

    private Result measure(Plan plan, Servers servers, List<BareSession> open) {
        ServerProcess killed = servers.nodes().get(0);
        List<ServerProcess> others = servers.others(killed);
        String setup = "3 nodes, %,d sessions at one of them".formatted(plan.held());
        plan.say("  " + setup);
        List<BareSession> holders = holders(plan, killed);
        open.addAll(holders);
        List<BareSession> watchers = watchers(plan, others);
        open.addAll(watchers);

        long start = plan.ticker().nanos();
        double[] millis = new double[holders.size()];
        List<CompletableFuture<BareSession>> all = new ArrayList<>();
        for (int i = 0; i < millis.length; i++) {
            int key = i;
            BareSession lost = holders.get(key);
            all.add(lost.ended()
                    .thenCompose(end -> resumed(plan, lost, key, others))
                    .thenApply(session -> {
                        millis[key] = plan.millisSince(start);
                        return session;
                    }));
        }
        // Not its kill(), which waits until the system has cleared the process away.
        ProcessHandle.of(killed.pid()).ifPresent(ProcessHandle::destroyForcibly);
        all.forEach(session -> open.add(session.join()));
        plan.say("  all resumed after %.0f ms".formatted(plan.millisSince(start)));
        Windows.pass(plan, AFTERWARDS);

        double missing =
                watchers.stream().mapToDouble(BareSession::mostMissing).max().orElseThrow();
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("resumed after ms", Spread.of(millis));
        figures.put("missing in a view, at most", Spread.of(missing));
        return new Result(name(), setup, figures, List.of());
    }

    private static List<BareSession> holders(Plan plan, ServerProcess node) {
        List<BareSession> holders = new ArrayList<>();
        for (int first = 0; first < plan.held(); first += OPENING) {
            List<CompletableFuture<BareSession>> opening = new ArrayList<>();
            for (int key = first; key < Math.min(first + OPENING, plan.held()); key++) {
                opening.add(holding(BareSession.open(node.clientAddress()), key));
            }
            opening.forEach(session -> holders.add(session.join()));
        }
        return holders;
    }

    /** One at each of {@code nodes}, which see all that is held. */
    private static List<BareSession> watchers(Plan plan, List<ServerProcess> nodes) {
        List<BareSession> watchers = new ArrayList<>();
        nodes.forEach(
                node -> watchers.add(BareSession.open(node.clientAddress()).join()));
        for (int key = 0; key < plan.held(); key += Workload.PER_SERVICE) {
            ServiceId service = Workload.service(key);
            watchers.forEach(watcher -> {
                Object unused = watcher.watch(service, false).join();
            });
        }
        while (watchers.stream().anyMatch(watcher -> watcher.instancesSeen() < plan.held())) {
            Windows.pass(plan, LOOK);
        }
        watchers.forEach(BareSession::countMissing);
        return watchers;
    }

    /** At another server, asked again until one takes it. */
    private static CompletableFuture<BareSession> resumed(
            Plan plan, BareSession lost, int key, List<ServerProcess> others) {
        long pause = ThreadLocalRandom.current().nextLong(SPREAD_MILLIS + 1);
        Executor later = CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS);
        String address =
                others.get(ThreadLocalRandom.current().nextInt(others.size())).clientAddress();
        return CompletableFuture.runAsync(() -> {}, later)
                .thenCompose(waited -> holding(BareSession.resume(address, lost), key))
                .exceptionallyCompose(refused -> {
                    plan.say("  " + refused.getMessage());
                    return resumed(plan, lost, key, others);
                });
    }

    /** Done once it has registered what it holds, and said that this is all. */
    private static CompletableFuture<BareSession> holding(CompletableFuture<BareSession> opening, int key) {
        return opening.thenCompose(session -> session.register(
                        Workload.service(key), List.of(Workload.instance(Durability.EPHEMERAL, key, 0)))
                .thenCompose(registered -> session.replayed())
                .thenApply(replayed -> session));
    }
}
