package io.gemel.it.faults.simulation;

import io.gemel.consistency.distro.simulation.Scenario;
import java.util.ArrayList;
import java.util.List;

/** Schedules that random ones come to rarely: each was made for a bug that they missed, or found once. */
final class Situations {
    private static final int NODES = 3;

    private Situations() {}

    /** All of them, with each node in turn as the one that is met. */
    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (int node = 1; node <= NODES; node++) {
            all.add(withdrawsAfterItsServerDied(node));
            all.add(closesAndAnotherUsesItsAddress(node));
            all.add(isInTheMinorityForLong(node));
            all.add(isDownForAMinute(node));
        }
        all.add(losesItsPowerBehindACut());
        return all;
    }

    private static Scenario watched(long seed) {
        Scenario scenario = Scenario.of(NODES, seed).at(1_000);
        for (int client = 1; client <= 3; client++) {
            scenario = scenario.open(client).register(client, 1, 1).watch(client, 1);
        }
        return scenario;
    }

    /** A client takes back what its former server, dead and born again, had told the others. */
    private static Scenario withdrawsAfterItsServerDied(int node) {
        return watched(node)
                .at(20_000)
                .crash(node)
                .at(20_050)
                .start(node)
                .at(21_000)
                .deregister(1, 1, 1)
                .deregister(2, 1, 1)
                .deregister(3, 1, 1)
                .at(35_000)
                .heal();
    }

    /** As above; and then the address is taken and left again, so that all that is known of it is looked through. */
    private static Scenario closesAndAnotherUsesItsAddress(int node) {
        Scenario scenario =
                watched(node).at(20_000).crash(node).at(20_050).start(node).at(20_900);
        for (int client = 1; client <= 3; client++) {
            scenario = scenario.close(client);
        }
        scenario = scenario.at(22_500);
        for (int client = 1; client <= 3; client++) {
            scenario = scenario.open(client).register(client, 1, 1);
        }
        scenario = scenario.at(23_500);
        for (int client = 1; client <= 3; client++) {
            scenario = scenario.deregister(client, 1, 1);
        }
        return scenario.at(40_000).heal();
    }

    /** A node is cut off for longer than anything is kept of a node that is down. */
    private static Scenario isInTheMinorityForLong(int node) {
        return watched(node).at(20_000).isolate(node).at(45_000).heal();
    }

    /** Longer than peers look for it often. */
    private static Scenario isDownForAMinute(int node) {
        return watched(node)
                .at(5_000)
                .stop(node)
                .at(65_000)
                .start(node)
                .at(90_000)
                .heal();
    }

    /** What a client's machine could not send before it lost its power is not heard when the cut is healed. */
    private static Scenario losesItsPowerBehindACut() {
        return Scenario.of(NODES, 403_916_224_461L)
                .at(1_000)
                .open(2)
                .at(1_002)
                .register(2, 2, 2)
                .at(4_512)
                .cutClient(2, 2)
                .at(7_094)
                .silence(2)
                .at(8_504)
                .heal();
    }
}
