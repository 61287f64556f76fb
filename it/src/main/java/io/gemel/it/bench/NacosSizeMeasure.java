package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.client.NamingService;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@link Plan#ephemeral} instances that a few nacos-clients registered, a service in each request, cost one server. */
record NacosSizeMeasure() implements Measure {
    private static final int CALLERS = 16;

    @Override
    public String name() {
        return "nacos-size-1";
    }

    @Override
    public String question() {
        return "memory and idle CPU of a server that holds ephemeral instances of nacos-clients";
    }

    @Override
    public boolean onlyIfNamed() {
        return true;
    }

    @Override
    public Optional<String> missing() {
        return NacosCallers.missing().or(JavaHeap::missing);
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        try (Servers servers = Servers.start(plan, 1)) {
            ServerProcess node = servers.nodes().get(0);
            double empty = Machine.residentMegabytes(node.pid());
            try (NacosCallers owners =
                    NacosCallers.of(plan.ticker(), NacosCallers.classes(), node, CALLERS, plan.clientsPerNode())) {
                int instances = plan.ephemeral() / Workload.PER_SERVICE * Workload.PER_SERVICE;
                String setup = "1 node, %,d instances over %d clients".formatted(instances, owners.clients());
                plan.say("  " + setup);
                NacosWorkload.fill(plan.ticker(), owners, instances, Workload.PER_SERVICE);
                NamingService client = servers.client(node);
                long held = client.status(node.clientAddress()).instances();
                if (held != instances) {
                    throw new IOException("%d instances (expected: %d)".formatted(held, instances));
                }
                return List.of(new Result(name(), setup, figures(plan, node, empty), List.of()));
            }
        }
    }

    private static Map<String, Spread> figures(Plan plan, ServerProcess node, double empty) throws IOException {
        double used = Idle.percentOfACore(plan, () -> Machine.cpu(node.pid()));
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("RSS MB when ready", Spread.of(empty));
        figures.put("RSS MB", Spread.of(Machine.residentMegabytes(node.pid())));
        figures.put("% of a core", Spread.of(used));
        JavaHeap heap = JavaHeap.collected(node.pid());
        figures.put("live heap MB", Spread.of(heap.used()));
        figures.put("heap taken MB", Spread.of(heap.total()));
        return figures;
    }
}
