package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.client.NamingService;
import io.gemel.client.Subscription;
import io.gemel.naming.Durability;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How long after a registration at one node a client of another node, or of the same, is told of it. */
record WatchMeasure(Durability durability, boolean sameNode) implements Measure {
    private static final int NODES = 3;
    private static final int PERSISTENT_PER_SECOND = 200;
    private static final Duration WINDOW = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "watch-" + kind() + (sameNode ? "-same" : "");
    }

    @Override
    public String question() {
        return "time from a registration (%s) to the callback of a watcher at %s node"
                .formatted(kind(), sameNode ? "the same" : "another");
    }

    private int perSecond(Plan plan) {
        return switch (durability) {
            case EPHEMERAL -> plan.load().perSecond();
            case PERSISTENT -> PERSISTENT_PER_SECOND;
        };
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        int perSecond = perSecond(plan);
        int perWindow = (int) (perSecond * WINDOW.toSeconds());
        int warmUp = (int) (perSecond * plan.warmUp().toMillis() / 1000);
        Journey journey = new Journey(plan.ticker(), warmUp, perWindow, plan.windows());
        try (Servers servers = Servers.start(plan, NODES)) {
            // Both followers, so that a persistent registration goes the whole way: to the leader, to a majority, to
            // the watcher.
            List<ServerProcess> followers = servers.others(servers.leader());
            NamingService writer = servers.client(followers.get(0));
            NamingService watcher = servers.client(followers.get(sameNode ? 0 : 1));
            plan.say("  writer at a follower, watcher at %s".formatted(sameNode ? "the same" : "the other one"));
            Subscription subscription = watcher.subscribe(Workload.service(0), journey::seen);
            journey.send(
                    (key, version) ->
                            writer.registerAsync(Workload.service(0), Workload.instance(durability, key, version)),
                    Duration.ofSeconds(1).dividedBy(perSecond));
            journey.awaitEnd();
            subscription.close();
        }
        String setup = "3 nodes, %d/s, %d windows of %d".formatted(perSecond, plan.windows(), perWindow);
        return List.of(new Result(name(), setup, journey.figures(), List.of()));
    }

    private String kind() {
        return durability.name().toLowerCase(Locale.ROOT);
    }
}
