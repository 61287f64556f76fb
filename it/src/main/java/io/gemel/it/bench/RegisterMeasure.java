package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How many registrations per second callers get acknowledged. */
record RegisterMeasure(Durability durability, int nodes) implements Measure {
    @Override
    public String name() {
        return kind() + "-" + nodes;
    }

    @Override
    public String question() {
        return "%s registrations per second with %d server%s".formatted(kind(), nodes, nodes == 1 ? "" : "s");
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        List<Result> results = new ArrayList<>();
        for (int callers : plan.callers()) {
            try (Servers servers = Servers.start(plan, nodes)) {
                if (callers > 1) {
                    results.add(load(plan, servers, callers, servers.clients(plan.clientsPerNode()), "all nodes"));
                } else {
                    ServerProcess leader = servers.leader();
                    results.add(load(plan, servers, 1, List.of(servers.client(leader)), "the leader"));
                    // A follower forwards what is persistent, so there the way is longer.
                    if (durability == Durability.PERSISTENT && nodes > 1) {
                        ServerProcess follower = servers.others(leader).get(0);
                        results.add(load(plan, servers, 1, List.of(servers.client(follower)), "a follower"));
                    }
                }
            }
        }
        return results;
    }

    private Result load(Plan plan, Servers servers, int callers, List<NamingService> clients, String where) {
        String setup = "%s, %s at %s".formatted(servers.size(), Workload.who(callers, clients), where);
        return Windows.measure(
                plan, servers::cpu, callers, Workload.registrations(durability, callers, clients), name(), setup);
    }

    private String kind() {
        return durability.name().toLowerCase(Locale.ROOT);
    }
}
