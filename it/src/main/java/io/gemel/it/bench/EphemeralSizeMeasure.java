package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * What {@link Plan#ephemeral} instances of {@link Plan#sessions} sessions, each on a connection of its own, cost one server that has nothing
 * else to do.
 */
record EphemeralSizeMeasure() implements Measure {
    private static final int OPENING = 100;

    @Override
    public String name() {
        return "size-ephemeral-1";
    }

    @Override
    public String question() {
        return "memory and idle CPU of a server that holds ephemeral instances of many sessions";
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
        List<Result> results = new ArrayList<>();
        for (int sessions : plan.sessions()) {
            try (Servers servers = Servers.start(plan, 1)) {
                List<BareSession> open = new ArrayList<>();
                try {
                    results.add(measure(plan, servers.nodes().get(0), sessions, open));
                } finally {
                    open.forEach(BareSession::close);
                }
            }
        }
        return results;
    }

    private Result measure(Plan plan, ServerProcess node, int sessions, List<BareSession> open) throws IOException {
        String setup = "1 node, %,d instances over %,d sessions".formatted(plan.ephemeral(), sessions);
        plan.say("  " + setup);
        for (int first = 0; first < sessions; first += OPENING) {
            List<CompletableFuture<BareSession>> opening = IntStream.range(first, Math.min(first + OPENING, sessions))
                    .mapToObj(i -> BareSession.open(node.clientAddress()))
                    .toList();
            opening.forEach(session -> open.add(session.join()));
        }
        for (int key = 0; key < plan.ephemeral(); key += Workload.PER_SERVICE) {
            List<Instance> instances = IntStream.range(key, Math.min(key + Workload.PER_SERVICE, plan.ephemeral()))
                    .mapToObj(k -> Workload.instance(Durability.EPHEMERAL, k, 0))
                    .toList();
            ServiceId service = Workload.service(key);
            open.get(key / Workload.PER_SERVICE % sessions)
                    .register(service, instances)
                    .join();
        }
        double used = Idle.percentOfACore(plan, () -> Machine.cpu(node.pid()));
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("RSS MB", Spread.of(Machine.residentMegabytes(node.pid())));
        figures.put("% of a core", Spread.of(used));
        JavaHeap heap = JavaHeap.collected(node.pid());
        figures.put("live heap MB", Spread.of(heap.used()));
        figures.put("heap taken MB", Spread.of(heap.total()));
        return new Result(name(), setup, figures, List.of());
    }
}
