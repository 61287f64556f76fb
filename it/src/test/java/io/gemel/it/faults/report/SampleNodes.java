package io.gemel.it.faults.report;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The nodes of a {@link SampleRun}: killed, cut off and frozen as its faults say. */
final class SampleNodes {
    private static final long MIB = 1024 * 1024;

    private SampleNodes() {}

    static List<NodeSample> samples(Random random, List<SampleRun.Fault> faults, long endNanos) {
        List<NodeSample> samples = new ArrayList<>();
        int[] starts = {1, 1, 1};
        boolean[] alive = {true, true, true};
        for (long at = 100_000_000; at < endNanos; at += 250_000_000) {
            for (int node = 1; node <= 3; node++) {
                boolean dead = on(faults, at, "kill", "s" + node);
                starts[node - 1] += !dead && !alive[node - 1] ? 1 : 0;
                alive[node - 1] = !dead;
                samples.add(sample(random, faults, at + node * 3_000_000L, node, starts[node - 1]));
            }
        }
        return samples;
    }

    private static boolean on(List<SampleRun.Fault> faults, long at, String name, String target) {
        return faults.stream()
                .anyMatch(fault -> fault.at(at)
                        && fault.name().equals(name)
                        && fault.target().equals(target));
    }

    private static NodeSample sample(Random random, List<SampleRun.Fault> faults, long at, int node, int starts) {
        if (on(faults, at, "kill", "s" + node)) {
            return new NodeSample(at, "s" + node, starts, false, Optional.empty(), 0, 0, 0);
        }
        int leader = at < 10 * SampleRun.SECOND ? 1 : at < 18 * SampleRun.SECOND ? 2 : 3;
        boolean frozen = on(faults, at, "freeze", "leader") && node == 2;
        boolean fresh = starts > 1 && node == 2 && at < 9 * SampleRun.SECOND;
        boolean cut = faults.get(1).at(at) && node == 1;
        long memory = 180 + 12 * node + at / SampleRun.SECOND + random.nextInt(6);
        return new NodeSample(
                at,
                "s" + node,
                starts,
                true,
                frozen ? Optional.empty() : Optional.of(status(at, node, cut ? 0 : leader, fresh, cut)),
                34 + node + random.nextInt(3),
                118 + random.nextInt(8),
                memory * MIB);
    }

    private static NodeStatus status(long at, int node, int leader, boolean fresh, boolean cut) {
        long term = at < 10 * SampleRun.SECOND || cut ? 2 : at < 18 * SampleRun.SECOND ? 3 : 5;
        String role = leader == node ? "leader" : leader == 0 ? "candidate" : "follower";
        String leads = leader == 0 || (at > 10 * SampleRun.SECOND && at < 10.6 * SampleRun.SECOND) ? "" : "s" + leader;
        long applied = (cut ? 10_000 : at / 1_000_000) + (fresh ? -400 : node);
        List<NodeStatus.Origin> origins = new ArrayList<>();
        for (int origin = 1; origin <= 3; origin++) {
            boolean apart = (cut && origin != 1)
                    || (!cut && origin == 1 && at > 10 * SampleRun.SECOND && at < 15.3 * SampleRun.SECOND && node != 1);
            long seen = apart ? 10 : at / SampleRun.SECOND;
            long entries = Math.max(0, (fresh ? 1 : 4) + seen % 5);
            origins.add(new NodeStatus.Origin(
                    "s" + origin, 1, seen, Long.toHexString(seen * 7919 + (fresh ? 1 : 0)), entries, "live"));
        }
        return new NodeStatus(
                "s" + node,
                "demo",
                "0.1.0-SNAPSHOT",
                !fresh,
                fresh ? "catching up with the Raft log" : cut ? "no leader" : "",
                List.of(),
                new NodeStatus.Raft(role, leads, term, applied + 3, applied, Long.toHexString(applied * 31)),
                origins,
                2,
                fresh ? 4 : cut ? 9 : 8 + at / (3 * SampleRun.SECOND) % 5,
                5,
                NodeStatus.Guard.NONE);
    }
}
