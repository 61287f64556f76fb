package io.gemel.it.faults.report;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.NodeStatus.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * How far apart the nodes were.
 *
 * <p>Samples of different nodes are not of the same instant, so that short differences under load mean nothing; what has to
 * vanish is a difference after the last fault.
 *
 * @param disagreeing how many origins were held differently by the nodes that answered
 * @param differing for each node, at least how many entries it held differently from their writers
 * @param instances for each node, how many instances it listed
 * @param behind for each node, how many entries of the Raft log others had applied and it had not
 */
record Agreement(List<Curve> disagreeing, List<Curve> differing, List<Curve> instances, List<Curve> behind) {
    private static final long TICK_MS = 250;

    static Agreement of(RunRecord run) {
        Map<String, NodeStatus> latest = new TreeMap<>();
        Map<String, List<long[]>> differing = new TreeMap<>();
        Map<String, List<long[]>> instances = new TreeMap<>();
        Map<String, List<long[]>> behind = new TreeMap<>();
        List<long[]> disagreeing = new ArrayList<>();
        long tick = 0;
        boolean begun = false;
        for (NodeSample sample : run.samples()) {
            long now = Millis.of(sample.nanos());
            // Once one has answered, silence is a gap: else the last point would be drawn on as if nodes that are down
            // agreed.
            if (now / TICK_MS > tick && (begun || !latest.isEmpty())) {
                begun = true;
                long at = now / TICK_MS * TICK_MS;
                tick = now / TICK_MS;
                disagreeing.add(new long[] {at, disagreeing(latest)});
                for (String node : run.nodes()) {
                    add(differing, node, at, differing(latest, node));
                    add(instances, node, at, known(latest, node, NodeStatus::instances));
                    add(behind, node, at, behind(latest, node));
                }
            }
            if (sample.alive() && sample.status().isPresent()) {
                latest.put(sample.node(), sample.status().get());
            } else {
                latest.remove(sample.node());
            }
        }
        return new Agreement(
                List.of(new Curve("origins", disagreeing).thinned()),
                curves(differing),
                curves(instances),
                curves(behind));
    }

    private static void add(Map<String, List<long[]>> points, String node, long at, long value) {
        points.computeIfAbsent(node, name -> new ArrayList<>()).add(new long[] {at, value});
    }

    private static List<Curve> curves(Map<String, List<long[]>> points) {
        return points.entrySet().stream()
                .map(entry -> new Curve(entry.getKey(), entry.getValue()).thinned())
                .toList();
    }

    private static long known(Map<String, NodeStatus> latest, String node, ToLongFunction<NodeStatus> figure) {
        NodeStatus status = latest.get(node);
        return status == null ? Curve.GAP : figure.applyAsLong(status);
    }

    private static long disagreeing(Map<String, NodeStatus> latest) {
        if (latest.size() < 2) {
            return Curve.GAP;
        }
        long count = 0;
        for (String origin : origins(latest)) {
            Set<String> digests = new HashSet<>();
            latest.values()
                    .forEach(status -> digests.add(
                            copy(status, origin).map(Agreement::content).orElse("absent")));
            count += digests.size() > 1 ? 1 : 0;
        }
        return count;
    }

    private static long differing(Map<String, NodeStatus> latest, String node) {
        NodeStatus status = latest.get(node);
        if (status == null) {
            return Curve.GAP;
        }
        long entries = 0;
        for (String origin : origins(latest)) {
            Optional<Origin> right = truth(latest, origin);
            Optional<Origin> here = copy(status, origin);
            if (!here.map(Agreement::content).equals(right.map(Agreement::content))) {
                long apart = Math.abs(right.map(Origin::entries).orElse(0L)
                        - here.map(Origin::entries).orElse(0L));
                entries += Math.max(1, apart);
            }
        }
        return entries;
    }

    private static long behind(Map<String, NodeStatus> latest, String node) {
        NodeStatus status = latest.get(node);
        if (status == null) {
            return Curve.GAP;
        }
        long most = latest.values().stream()
                .mapToLong(other -> other.raft().appliedIndex())
                .max()
                .orElse(0);
        return most - status.raft().appliedIndex();
    }

    /** The writer's own copy, or the newest one there is. */
    private static Optional<Origin> truth(Map<String, NodeStatus> latest, String origin) {
        return Optional.ofNullable(latest.get(origin))
                .flatMap(writer -> copy(writer, origin))
                .or(() -> latest.values().stream()
                        .flatMap(status -> copy(status, origin).stream())
                        .max(Comparator.comparingLong(Origin::incarnation).thenComparingLong(Origin::sequence)));
    }

    private static Optional<Origin> copy(NodeStatus status, String origin) {
        return status.origins().stream()
                .filter(each -> each.node().equals(origin))
                .findFirst();
    }

    private static Set<String> origins(Map<String, NodeStatus> latest) {
        Set<String> names = new TreeSet<>();
        latest.values().forEach(status -> status.origins().forEach(origin -> names.add(origin.node())));
        return names;
    }

    private static String content(Origin origin) {
        return origin.incarnation() + ":" + origin.digest();
    }
}
