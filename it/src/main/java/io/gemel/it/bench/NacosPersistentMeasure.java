package io.gemel.it.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How many persistent registrations per second nacos-client gets acknowledged. */
record NacosPersistentMeasure() implements Measure {
    @Override
    public String name() {
        return "nacos-persistent-1";
    }

    @Override
    public String question() {
        return "persistent registrations per second by nacos-client, 1 server";
    }

    @Override
    public Optional<String> missing() {
        return NacosCallers.missing();
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        List<Result> results = new ArrayList<>();
        ClassLoader classes = NacosCallers.classes();
        for (int callers : plan.callers()) {
            try (Servers servers = Servers.start(plan, 1);
                    NacosCallers load = NacosCallers.of(
                            plan.ticker(), classes, servers.nodes().get(0), callers, plan.clientsPerNode())) {
                int keys = Workload.KEYS / callers;
                ClosedLoop.Call call = load.call((client, caller, sequence) -> {
                    int key = caller * keys + (int) (sequence % keys);
                    Object instance = NacosWorkload.instance(client, false, key, sequence / keys);
                    NacosWorkload.register(client, Workload.service(key).name(), instance);
                });
                String setup = "%s, %s".formatted(servers.size(), load.who());
                results.add(Windows.measure(plan, servers::cpu, callers, call, name(), setup));
            }
        }
        return results;
    }
}
