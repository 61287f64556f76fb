package io.gemel.it.faults.run;

import io.gemel.naming.NodeStatus;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What all nodes have to say for a run to go on. */
final class Agreement {
    private Agreement() {}

    /** Why not every one of {@code count} nodes is ready and follows the same leader; empty if so. */
    static Optional<String> led(List<NodeStatus> nodes, int count) {
        if (nodes.size() < count) {
            return Optional.of(count - nodes.size() + " nodes do not answer");
        }
        Optional<NodeStatus> unready =
                nodes.stream().filter(node -> !node.ready()).findFirst();
        if (unready.isPresent()) {
            return Optional.of(
                    unready.get().nodeId() + " is not ready: " + unready.get().reason());
        }
        Set<String> leaders = nodes.stream()
                .map(node -> node.raft().leader() + " in term " + node.raft().term())
                .collect(Collectors.toCollection(TreeSet::new));
        if (leaders.size() > 1 || nodes.get(0).raft().leader().isEmpty()) {
            return Optional.of("nodes follow " + leaders);
        }
        return Optional.empty();
    }

    /** Why not every one of {@code count} nodes has the same log and the same of every origin; empty if so. */
    static Optional<String> equal(List<NodeStatus> nodes, int count) {
        Optional<String> problem = led(nodes, count);
        if (problem.isPresent()) {
            return problem;
        }
        Set<String> raft = nodes.stream()
                .map(node -> node.raft().appliedIndex() + " " + node.raft().stateHash())
                .collect(Collectors.toCollection(TreeSet::new));
        if (raft.size() > 1) {
            return Optional.of("persistent state differs: " + raft);
        }
        Set<Set<String>> origins = nodes.stream().map(Agreement::origins).collect(Collectors.toSet());
        if (origins.size() > 1) {
            Set<String> common = new TreeSet<>(origins.iterator().next());
            Set<String> all = new TreeSet<>();
            origins.forEach(all::addAll);
            origins.forEach(common::retainAll);
            all.removeAll(common);
            return Optional.of("origins differ: " + all);
        }
        return Optional.empty();
    }

    /** Why not every one of {@code count} nodes knows no other members, and holds nothing of others; empty if so. */
    static Optional<String> alone(List<NodeStatus> nodes, int count) {
        Set<String> ids = nodes.stream().map(NodeStatus::nodeId).collect(Collectors.toCollection(TreeSet::new));
        if (ids.size() < count) {
            return Optional.of("only " + ids + " answer");
        }
        return nodes.stream()
                .filter(node -> !ids.containsAll(node.members().stream()
                                .map(NodeStatus.Member::id)
                                .toList())
                        || !ids.containsAll(node.origins().stream()
                                .map(NodeStatus.Origin::node)
                                .toList()))
                .map(node -> node.nodeId() + " knows others than " + ids)
                .findFirst();
    }

    private static Set<String> origins(NodeStatus node) {
        return node.origins().stream()
                .map(origin -> "%s/%d@%d %s"
                        .formatted(origin.node(), origin.incarnation(), origin.sequence(), origin.digest()))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
