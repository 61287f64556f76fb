package io.gemel.it.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** How many queries of a service per second nacos-client gets answered, asking the server each time. */
record NacosFindMeasure() implements Measure {
    private static final List<Integer> SIZES = List.of(1, 10, 100);
    private static final int FILLERS = 16;

    @Override
    public String name() {
        return "nacos-find-1";
    }

    @Override
    public String question() {
        return "queries per second by nacos-client of services with 1, 10 and 100 instances, 1 server";
    }

    @Override
    public Optional<String> missing() {
        return NacosCallers.missing();
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        List<Result> results = new ArrayList<>();
        ClassLoader classes = NacosCallers.classes();
        try (Servers servers = Servers.start(plan, 1);
                NacosCallers owners = NacosCallers.of(
                        plan.ticker(), classes, servers.nodes().get(0), FILLERS, plan.clientsPerNode())) {
            for (int size : SIZES) {
                NacosWorkload.fill(plan.ticker(), owners, Workload.KEYS, size);
            }
            for (int callers : plan.callers()) {
                try (NacosCallers load = NacosCallers.of(
                        plan.ticker(), classes, servers.nodes().get(0), callers, plan.clientsPerNode())) {
                    for (int size : SIZES) {
                        results.add(load(plan, servers, load, size));
                    }
                }
            }
        }
        return results;
    }

    private Result load(Plan plan, Servers servers, NacosCallers load, int size) {
        int services = Workload.KEYS / size;
        ClosedLoop.Call call = load.call((client, caller, sequence) -> {
            int number = ThreadLocalRandom.current().nextInt(services);
            int found = NacosWorkload.find(client, NacosWorkload.service(size, number));
            if (found != size) {
                throw new IllegalStateException("%d instances (expected: %d)".formatted(found, size));
            }
        });
        String setup = "%s, %s, %d instance%s".formatted(servers.size(), load.who(), size, size == 1 ? "" : "s");
        return Windows.measure(plan, servers::cpu, load.count(), call, name(), setup);
    }
}
