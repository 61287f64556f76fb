package io.gemel.it.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How many puts per second callers get acknowledged by etcd: what a persistent registration is compared with. */
record EtcdPutMeasure(EtcdProgram etcd) implements Measure {
    @Override
    public String name() {
        return "etcd-persistent-3";
    }

    @Override
    public String question() {
        return "puts of %d bytes per second with 3 servers of etcd, to compare".formatted(EtcdWorkload.VALUE_BYTES);
    }

    @Override
    public Optional<String> missing() {
        return etcd.missing();
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        List<Result> results = new ArrayList<>();
        for (int callers : plan.callers()) {
            try (EtcdServers servers = EtcdServers.start(plan, etcd.file().orElseThrow())) {
                if (callers > 1) {
                    results.add(load(plan, servers, callers, servers.clients(plan.clientsPerNode()), "all nodes"));
                } else {
                    EtcdServers.Node leader = servers.leader();
                    results.add(load(plan, servers, 1, List.of(servers.client(leader)), "the leader"));
                    EtcdServers.Node follower = servers.others(leader).get(0);
                    results.add(load(plan, servers, 1, List.of(servers.client(follower)), "a follower"));
                }
            }
        }
        return results;
    }

    private Result load(Plan plan, EtcdServers servers, int callers, List<EtcdClient> clients, String where) {
        String setup = "%s, %s at %s".formatted(servers.size(), Workload.who(callers, clients), where);
        return Windows.measure(plan, servers::cpu, callers, EtcdWorkload.puts(callers, clients), name(), setup);
    }
}
