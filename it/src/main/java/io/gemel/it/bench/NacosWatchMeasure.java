package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.it.nacos.NacosClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How long after nacos-client's {@code registerInstance} at one node a listener at another node, or at the same, is called. */
record NacosWatchMeasure(boolean sameNode) implements Measure {
    private static final int NODES = 3;
    private static final int PER_SECOND = 200;
    private static final Duration WINDOW = Duration.ofSeconds(5);

    @Override
    public String name() {
        return sameNode ? "nacos-watch-same" : "nacos-watch";
    }

    @Override
    public String question() {
        return "time from nacos-client's registerInstance to the callback of a listener at %s node"
                .formatted(sameNode ? "the same" : "another");
    }

    @Override
    public Optional<String> missing() {
        return NacosCallers.missing();
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        int perWindow = (int) (PER_SECOND * WINDOW.toSeconds());
        int warmUp = (int) (PER_SECOND * plan.warmUp().toMillis() / 1000);
        Journey journey = new Journey(plan.ticker(), warmUp, perWindow, plan.windows());
        ClassLoader classes = NacosCallers.classes();
        try (Servers servers = Servers.start(plan, NODES)) {
            List<ServerProcess> followers = servers.others(servers.leader());
            // A thread for each key: what is registered later must not overtake. One connection, so a service for each,
            // too.
            try (NacosCallers writers =
                            NacosCallers.of(plan.ticker(), classes, followers.get(0), Workload.PER_SERVICE, 1);
                    NacosClient watcher = NacosCallers.client(classes, followers.get(sameNode ? 0 : 1))) {
                Object listener =
                        watcher.listener(instances -> instances.forEach(seen -> journey.seen(seen.metadata())));
                for (int key = 0; key < Workload.PER_SERVICE; key++) {
                    Object unused = watcher.call("subscribe", service(key), NacosWorkload.GROUP, listener);
                }
                ClosedLoop.Call register = writers.call((client, key, version) -> NacosWorkload.register(
                        client, service(key), NacosWorkload.instance(client, true, key, version)));
                journey.send(register::make, Duration.ofSeconds(1).dividedBy(PER_SECOND));
                journey.awaitEnd();
            }
        }
        String setup = "3 nodes, %d/s, %d windows of %d".formatted(PER_SECOND, plan.windows(), perWindow);
        return List.of(new Result(name(), setup, journey.figures(), List.of()));
    }

    private static String service(int key) {
        return NacosWorkload.service(1, key);
    }
}
