package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.naming.NodeStatus;
import java.util.List;
import java.util.Optional;

/** Whether servers have the same log, so that one of them can be spared. */
final class Wiping {
    /** Under load nodes are never at the same index at the moment they are asked; a disk that lags more than this is behind. */
    private static final long LAG_MAX = 200;

    private Wiping() {}

    /** Whether every server is ready, follows one leader and is not far behind. */
    static boolean inStep(Stage stage) {
        return inStep(stage.everyone());
    }

    /** As {@link #inStep(Stage)}, of all but {@code left}. */
    static boolean othersInStep(Stage stage, String left) {
        return inStep(stage.everyone().stream()
                .filter(node -> !node.id().equals(left))
                .toList());
    }

    private static boolean inStep(List<ServerNode> servers) {
        List<NodeStatus.Raft> raft = servers.stream()
                .map(ServerNode::status)
                .flatMap(Optional::stream)
                .filter(NodeStatus::ready)
                .map(NodeStatus::raft)
                .toList();
        if (raft.size() < servers.size()
                || raft.get(0).leader().isEmpty()
                || raft.stream().map(NodeStatus.Raft::leader).distinct().count() > 1
                || servers.stream()
                        .noneMatch(node -> node.id().equals(raft.get(0).leader()))) {
            return false;
        }
        long first =
                raft.stream().mapToLong(NodeStatus.Raft::appliedIndex).min().orElse(0);
        long last = raft.stream().mapToLong(NodeStatus.Raft::logIndex).max().orElse(0);
        return last - first <= LAG_MAX;
    }
}
