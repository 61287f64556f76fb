package io.gemel.it.faults.check;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Equal log index means equal state hash: on every node, before and after restarts and snapshots; and in the final phase all nodes
 * have applied the same index.
 */
final class StateHashes implements Check {
    @Override
    public String name() {
        return "state-hashes";
    }

    @Override
    public String promise() {
        return "Nodes that have applied the same log index have the same persistent state.";
    }

    /** What was seen at one index. */
    private static final class Position {
        final NodeSample first;
        final Set<String> lives = new HashSet<>();
        boolean told;

        Position(NodeSample first) {
            this.first = first;
        }
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Samples samples = evidence.sampled();
        Map<Long, Position> positions = new HashMap<>();
        for (NodeSample sample : samples.all()) {
            sample.status()
                    .map(NodeStatus::raft)
                    .filter(raft -> !raft.stateHash().isEmpty())
                    .ifPresent(raft -> compare(judgement, positions, sample, raft));
        }
        long compared = positions.values().stream()
                .filter(position -> position.lives.size() > 1)
                .count();
        long nodes = positions.values().stream()
                .flatMap(position -> position.lives.stream())
                .distinct()
                .count();
        List<List<NodeStatus>> rounds = samples.finalRounds();
        if (!rounds.isEmpty()
                && rounds.stream().noneMatch(round -> indices(round).size() == 1)) {
            judgement.broken("in the end nodes have applied different indices: " + words(rounds.get(0)), List.of());
        }
        judgement.figure("log indices seen", positions.size());
        judgement.figure("seen on several nodes or starts", compared);
        judgement.figure("starts of nodes", nodes);
        if (compared == 0 || rounds.isEmpty()) {
            return judgement.undecided(
                    rounds.isEmpty() ? "not all nodes answered in the final phase" : "no index was seen twice");
        }
        return judgement.verdict("%,d log indices, equal on all nodes and starts that showed them".formatted(compared));
    }

    private static void compare(
            Judgement judgement, Map<Long, Position> positions, NodeSample sample, NodeStatus.Raft raft) {
        Position position = positions.computeIfAbsent(raft.appliedIndex(), index -> new Position(sample));
        position.lives.add(sample.node() + "/" + sample.starts());
        String expected = position.first.status().orElseThrow().raft().stateHash();
        if (!expected.equals(raft.stateHash()) && !position.told) {
            position.told = true;
            judgement.broken(
                    "at index %d %s had hash %s at %s (start %d), and %s had %s at %s (start %d)"
                            .formatted(
                                    raft.appliedIndex(),
                                    position.first.node(),
                                    expected,
                                    Spans.moment(position.first.nanos()),
                                    position.first.starts(),
                                    sample.node(),
                                    raft.stateHash(),
                                    Spans.moment(sample.nanos()),
                                    sample.starts()),
                    List.of());
        }
    }

    private static Set<Long> indices(List<NodeStatus> round) {
        Set<Long> indices = new HashSet<>();
        round.forEach(status -> indices.add(status.raft().appliedIndex()));
        return indices;
    }

    private static List<String> words(List<NodeStatus> round) {
        return round.stream()
                .map(status -> status.nodeId() + " " + status.raft().appliedIndex())
                .toList();
    }
}
