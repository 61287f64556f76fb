package io.gemel.it.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many ephemeral instances per second nacos-client registers, or deregisters.
 *
 * <p>All are registered, then all deregistered, and so on. The windows are of the one or of the other.
 */
record NacosRegisterMeasure(boolean deregistering) implements Measure {
    /** So many that a window takes a second or so. */
    private static final int INSTANCES = 2 * Workload.KEYS;

    /** A few callers make so many calls less often. */
    private static final int EACH_MAX = 5_000;

    @Override
    public String name() {
        return deregistering ? "nacos-deregister-1" : "nacos-register-1";
    }

    @Override
    public String question() {
        return "ephemeral %s per second by nacos-client, 1 server"
                .formatted(deregistering ? "deregistrations" : "registrations");
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
                String setup =
                        "%s, %s, windows of %,d".formatted(servers.size(), load.who(), each(plan, load) * load.count());
                results.add(Windows.measure(plan, servers::cpu, phases(plan, load), name(), setup));
            }
        }
        return results;
    }

    private Windows.Phases phases(Plan plan, NacosCallers load) {
        return new Windows.Phases() {
            @Override
            public void between() {
                ClosedLoop.Tally unused = all(plan, load, !deregistering);
            }

            @Override
            public ClosedLoop.Tally window() {
                return all(plan, load, deregistering);
            }
        };
    }

    private static ClosedLoop.Tally all(Plan plan, NacosCallers load, boolean deregister) {
        int each = each(plan, load);
        ClosedLoop.Call call = load.call((client, caller, sequence) -> {
            int key = caller * each + (int) sequence;
            // Of each service a connection publishes one instance, so the others of a service are those of other
            // clients.
            int service = caller / load.clients() * each + (int) sequence;
            Object instance = NacosWorkload.instance(client, true, key, 0);
            if (deregister) {
                NacosWorkload.deregister(client, NacosWorkload.service(load.clients(), service), instance);
            } else {
                NacosWorkload.register(client, NacosWorkload.service(load.clients(), service), instance);
            }
        });
        return ClosedLoop.run(plan.ticker(), load.count(), each, call);
    }

    /** How many of them one caller has. */
    private static int each(Plan plan, NacosCallers load) {
        int all = Math.min(INSTANCES, plan.ephemeral());
        return Math.max(1, Math.min(EACH_MAX, all / load.count()));
    }
}
