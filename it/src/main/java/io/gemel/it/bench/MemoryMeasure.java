package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.naming.Durability;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How much memory servers hold, and how much CPU they use, while nobody asks them anything. */
record MemoryMeasure(int nodes) implements Measure {

    @Override
    public String name() {
        return "idle-" + nodes;
    }

    @Override
    public String question() {
        return "memory and CPU of %d idle server%s".formatted(nodes, nodes == 1 ? "" : "s");
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        try (Servers servers = Servers.start(plan, nodes)) {
            Result empty = idle(plan, servers, "empty");
            Workload.fill(servers.client(servers.leader()), Durability.PERSISTENT, 0);
            Workload.fill(servers.client(servers.leader()), Durability.EPHEMERAL, Workload.KEYS);
            return List.of(empty, idle(plan, servers, "after %d registrations of each kind".formatted(Workload.KEYS)));
        }
    }

    private Result idle(Plan plan, Servers servers, String state) {
        plan.say("  " + servers.size() + ", " + state);
        double used = Idle.percentOfACore(plan, servers::cpu);
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("RSS MB", each(servers, node -> Machine.residentMegabytes(node.pid())));
        figures.put("threads", each(servers, node -> Machine.threads(node.pid())));
        figures.put("% of a core", Spread.of(used / nodes));
        return new Result(name(), servers.size() + ", " + state, figures, List.of());
    }

    private static Spread each(Servers servers, ToDoubleFunction<ServerProcess> figure) {
        return Spread.of(servers.nodes().stream().mapToDouble(figure).toArray());
    }
}
