package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How long after {@code kill -9} of the Raft leader a client's next registration is acknowledged. */
record FailoverMeasure(Durability durability, boolean clientAtLeader) implements Measure {
    private static final int NODES = 3;
    private static final ServiceId SERVICE = ServiceId.of("failover");

    @Override
    public String name() {
        return "failover-%s-%s".formatted(kind(), clientAtLeader ? "moving" : "staying");
    }

    @Override
    public String question() {
        return "time from kill -9 of the leader to the next acknowledged %s registration, client at %s"
                .formatted(kind(), clientAtLeader ? "the leader" : "a follower");
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        double[] millis = new double[plan.rounds()];
        long failures = 0;
        try (Servers servers = Servers.start(plan, NODES)) {
            for (int round = 0; round < plan.rounds(); round++) {
                ServerProcess leader = servers.leader();
                ServerProcess home =
                        clientAtLeader ? leader : servers.others(leader).get(0);
                try (NamingService client = servers.client(home)) {
                    client.register(SERVICE, instance(round, 1));
                    long start = plan.ticker().nanos();
                    // Not leader.kill(), which waits until the system has cleared the process away.
                    ProcessHandle.of(leader.pid()).ifPresent(ProcessHandle::destroyForcibly);
                    failures += registerUntilAcknowledged(plan, client, instance(round, 2));
                    millis[round] = plan.millisSince(start);
                }
                plan.say("  %s killed, acknowledged after %.0f ms".formatted(leader.id(), millis[round]));
                Servers.restart(leader);
            }
        }
        List<String> notes = failures == 0 ? List.of() : List.of(failures + " calls failed and were made again");
        return List.of(new Result(
                name(),
                "3 nodes, %d kills".formatted(plan.rounds()),
                Map.of("acknowledged after ms", Spread.of(millis)),
                notes));
    }

    /** Returns how many calls failed before the one that did not. */
    private static long registerUntilAcknowledged(Plan plan, NamingService client, Instance instance) {
        for (long failures = 0; ; failures++) {
            try {
                client.register(SERVICE, instance);
                return failures;
            } catch (RegistryException again) {
                plan.say("  " + again.code() + ": " + again.getMessage());
            }
        }
    }

    private Instance instance(int round, int version) {
        return Workload.instance(durability, round, version);
    }

    private String kind() {
        return durability.name().toLowerCase(Locale.ROOT);
    }
}
