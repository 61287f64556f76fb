package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.client.NamingService;
import io.gemel.client.Subscription;
import io.gemel.naming.Durability;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** How long after a registration at one node a client of another node is told of it. */
record WatchMeasure(Durability durability) implements Measure {
    private static final int NODES = 3;
    private static final int PER_SECOND = 200;
    private static final Duration WINDOW = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "watch-" + kind();
    }

    @Override
    public String question() {
        return "time from a registration (%s) to the callback of a watcher at another node, at %d/s"
                .formatted(kind(), PER_SECOND);
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        int perWindow = (int) (PER_SECOND * WINDOW.toSeconds());
        int warmUp = (int) (PER_SECOND * plan.warmUp().toMillis() / 1000);
        Journey journey = new Journey(plan.ticker(), warmUp, perWindow, plan.windows());
        try (Servers servers = Servers.start(plan, NODES)) {
            // Both followers, so that a persistent registration goes the whole way: to the leader, to a majority, to
            // the watcher.
            List<ServerProcess> followers = servers.others(servers.leader());
            NamingService writer = servers.client(followers.get(0));
            NamingService watcher = servers.client(followers.get(1));
            plan.say("  writer at a follower, watcher at the other one");
            Subscription subscription = watcher.subscribe(Workload.service(0), journey::seen);
            journey.send(writer, durability, Duration.ofSeconds(1).dividedBy(PER_SECOND));
            journey.awaitEnd();
            subscription.close();
        }
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("told p50 ms", quantile(journey.told(), 0.5));
        figures.put("told p99 ms", quantile(journey.told(), 0.99));
        figures.put("acknowledged p50 ms", quantile(journey.acknowledged(), 0.5));
        figures.put("acknowledged p99 ms", quantile(journey.acknowledged(), 0.99));
        String setup = "3 nodes, %d/s, %d windows of %d".formatted(PER_SECOND, plan.windows(), perWindow);
        return List.of(new Result(name(), setup, figures, List.of()));
    }

    private static Spread quantile(Stream<Latencies> windows, double quantile) {
        return Spread.of(
                windows.mapToDouble(latencies -> latencies.millis(quantile)).toArray());
    }

    private String kind() {
        return durability.name().toLowerCase(Locale.ROOT);
    }
}
