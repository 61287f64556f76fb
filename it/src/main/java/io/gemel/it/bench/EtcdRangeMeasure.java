package io.gemel.it.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How many linearizable reads of one key per second callers get from etcd: what a linearizable lookup is compared with. */
record EtcdRangeMeasure(EtcdProgram etcd) implements Measure {
    @Override
    public String name() {
        return "etcd-find-linearizable-3";
    }

    @Override
    public String question() {
        return "linearizable reads per second of one key of %d bytes, 3 servers of etcd, to compare"
                .formatted(EtcdWorkload.VALUE_BYTES);
    }

    @Override
    public Optional<String> missing() {
        return etcd.missing();
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        List<Result> results = new ArrayList<>();
        try (EtcdServers servers = EtcdServers.start(plan, etcd.file().orElseThrow())) {
            EtcdWorkload.fill(servers.client(servers.leader()));
            for (int callers : plan.callers()) {
                List<EtcdClient> clients = callers > 1
                        ? servers.clients(plan.clientsPerNode())
                        : List.of(servers.client(servers.nodes().get(0)));
                results.add(load(plan, servers, callers, clients));
            }
        }
        return results;
    }

    private Result load(Plan plan, EtcdServers servers, int callers, List<EtcdClient> clients) {
        String setup = "%s, %s".formatted(servers.size(), Workload.who(callers, clients));
        return Windows.measure(plan, servers::cpu, callers, EtcdWorkload.ranges(clients), name(), setup);
    }
}
