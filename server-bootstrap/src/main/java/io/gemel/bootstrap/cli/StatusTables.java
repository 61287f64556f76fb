package io.gemel.bootstrap.cli;

import io.gemel.bootstrap.cli.ClusterView.Node;
import io.gemel.naming.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The state of a cluster as tables. */
public final class StatusTables {
    private StatusTables() {}

    /** A row per member: its role and how far it is. */
    public static Table members(ClusterView view) {
        Table table = new Table(
                "NODE",
                "ADDRESS",
                "STATE",
                "STANDING",
                "ROLE",
                "TERM",
                "LOG",
                "APPLIED",
                "STATE HASH",
                "SERVICES",
                "INSTANCES",
                "SESSIONS");
        for (Node node : view.nodes()) {
            if (node.status().isEmpty()) {
                table.row(
                        node.id(),
                        node.address(),
                        "unreachable",
                        standing(view, node),
                        "-",
                        "-",
                        "-",
                        "-",
                        "-",
                        "-",
                        "-",
                        "-");
                continue;
            }
            NodeStatus status = node.status().get();
            NodeStatus.Raft raft = status.raft();
            table.row(
                    node.id(),
                    node.address(),
                    status.ready() ? "ready" : "not ready",
                    standing(view, node),
                    raft.role(),
                    raft.term(),
                    raft.logIndex(),
                    raft.appliedIndex(),
                    raft.stateHash(),
                    status.services(),
                    status.instances(),
                    status.sessions());
        }
        return table;
    }

    /** As the leader says, else the first that answers. */
    private static String standing(ClusterView view, Node node) {
        return view.leader().or(() -> view.answers().stream().findFirst()).stream()
                .flatMap(status -> status.members().stream())
                .filter(member ->
                        member.id().equals(node.id()) && !member.standing().isEmpty())
                .map(NodeStatus.Member::standing)
                .findFirst()
                .orElse("-");
    }

    /** A row per origin, a column per node that answers: how that node holds that origin. */
    public static Table origins(ClusterView view) {
        List<NodeStatus> answers = view.answers();
        List<String> titles = new ArrayList<>(List.of("ORIGIN"));
        answers.forEach(status -> titles.add("ON " + status.nodeId()));
        Table table = new Table(titles.toArray(String[]::new));
        List<String> origins = answers.stream()
                .flatMap(status -> status.origins().stream())
                .map(NodeStatus.Origin::node)
                .distinct()
                .sorted()
                .toList();
        for (String name : origins) {
            List<String> row = new ArrayList<>(List.of(name));
            for (NodeStatus status : answers) {
                Optional<NodeStatus.Origin> origin = status.origins().stream()
                        .filter(o -> o.node().equals(name))
                        .findFirst();
                row.add(origin.map(StatusTables::text).orElse("-"));
            }
            table.row(row.toArray());
        }
        return table;
    }

    private static String text(NodeStatus.Origin origin) {
        return "%d.%s %s (%d)".formatted(origin.sequence(), origin.digest(), origin.state(), origin.entries());
    }
}
