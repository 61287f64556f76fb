package io.gemel.it.bench;

import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import io.gemel.naming.ReadLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** How many lookups per second callers get answered, asking a server each time. */
record FindMeasure(int nodes, ReadLevel level) implements Measure {
    @Override
    public String name() {
        return (level.linearizable() ? "find-linearizable-" : "find-") + nodes;
    }

    @Override
    public String question() {
        return "%slookups per second of services with %d instances, %d server%s"
                .formatted(
                        level.linearizable() ? "linearizable " : "",
                        Workload.PER_SERVICE,
                        nodes,
                        nodes == 1 ? "" : "s");
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        List<Result> results = new ArrayList<>();
        try (Servers servers = Servers.start(plan, nodes)) {
            Workload.fill(servers.client(servers.leader()), Durability.PERSISTENT, 0);
            for (int callers : plan.callers()) {
                List<NamingService> clients = callers > 1
                        ? servers.clients(plan.clientsPerNode())
                        : List.of(servers.client(servers.nodes().get(0)));
                results.add(load(plan, servers, callers, clients));
            }
        }
        return results;
    }

    private Result load(Plan plan, Servers servers, int callers, List<NamingService> clients) {
        String setup = "%s, %s".formatted(servers.size(), Workload.who(callers, clients));
        return Windows.measure(
                plan,
                servers::cpu,
                callers,
                (caller, sequence) -> clients.get(caller % clients.size())
                        .findAsync(Workload.service(ThreadLocalRandom.current().nextInt(Workload.KEYS)), level),
                name(),
                setup);
    }
}
