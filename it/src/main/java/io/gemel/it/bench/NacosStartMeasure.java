package io.gemel.it.bench;

import io.gemel.it.nacos.NacosClient;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long after the start of a server with an empty data directory a first registration by nacos-client is acknowledged.
 *
 * <p>The client's classes are loaded and have run before, against another server, so that it is the server that is measured. It connects when
 * the server says that it is ready: one that is there earlier waits for its own next try.
 */
record NacosStartMeasure() implements Measure {
    private static final int WARM_UP = 5;

    @Override
    public String name() {
        return "nacos-start-1";
    }

    @Override
    public String question() {
        return "time from the start of a server that stands alone to the first registration by nacos-client";
    }

    @Override
    public Optional<String> missing() {
        return NacosCallers.missing();
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        ClassLoader classes = NacosCallers.classes();
        try (Servers servers = Servers.start(plan, 1)) {
            for (int i = 0; i < WARM_UP; i++) {
                try (NacosClient client =
                        NacosCallers.client(classes, servers.nodes().get(0))) {
                    register(client);
                }
            }
        }
        double[] ready = new double[plan.rounds()];
        double[] registered = new double[plan.rounds()];
        double[] cpu = new double[plan.rounds()];
        for (int round = 0; round < plan.rounds(); round++) {
            long start = plan.ticker().nanos();
            try (Servers servers = Servers.start(plan, 1)) {
                ready[round] = plan.millisSince(start);
                try (NacosClient client =
                        NacosCallers.client(classes, servers.nodes().get(0))) {
                    register(client);
                    registered[round] = plan.millisSince(start);
                    cpu[round] = servers.cpu().toMillis();
                }
            }
            plan.say("  ready after %.0f ms, first registration after %.0f ms"
                    .formatted(ready[round], registered[round]));
        }
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("ready ms", Spread.of(ready));
        figures.put("first registration ms", Spread.of(registered));
        figures.put("server CPU ms until then", Spread.of(cpu));
        return List.of(new Result(name(), "%d fresh starts".formatted(plan.rounds()), figures, List.of()));
    }

    private static void register(NacosClient client) {
        NacosWorkload.register(client, "first", NacosWorkload.instance(client, true, 0, 0));
    }
}
