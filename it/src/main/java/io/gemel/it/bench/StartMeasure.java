package io.gemel.it.bench;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long servers with empty data directories take until they serve. */
record StartMeasure(int nodes) implements Measure {
    @Override
    public String name() {
        return "start-" + nodes;
    }

    @Override
    public String question() {
        return nodes == 1
                ? "time until a server that stands alone is ready"
                : "time until %d servers, started at once, are ready".formatted(nodes);
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        double[] ready = new double[plan.rounds()];
        double[] written = new double[plan.rounds()];
        double[] cpu = new double[plan.rounds()];
        for (int round = 0; round < plan.rounds(); round++) {
            long start = plan.ticker().nanos();
            try (Servers servers = Servers.start(plan, nodes)) {
                ready[round] = plan.millisSince(start);
                cpu[round] = servers.cpu().toMillis();
                NamingService client = servers.client(servers.nodes().get(0));
                client.register("first", Instance.persistent("10.0.0.1", 8080));
                written[round] = plan.millisSince(start);
            }
            plan.say("  ready after %.0f ms, first write after %.0f ms".formatted(ready[round], written[round]));
        }
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("ready ms", Spread.of(ready));
        figures.put("first persistent write ms", Spread.of(written));
        figures.put("server CPU ms until ready", Spread.of(cpu));
        return List.of(new Result(name(), "%d fresh starts".formatted(plan.rounds()), figures, List.of()));
    }
}
