package io.gemel.it.faults.check;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The samples of a run up to its end, by time, and by node. */
final class Samples {
    private static final long BEFORE_FINAL_NANOS = 1_000_000_000L;

    private final List<NodeSample> all;
    private final Map<String, List<NodeSample>> byNode = new TreeMap<>();
    private final Phases phases;
    private final Roster roster;

    Samples(Evidence evidence) {
        phases = Phases.of(evidence);
        roster = evidence.roster();
        all = evidence.samples().stream()
                .filter(sample -> sample.nanos() <= phases.end())
                .sorted(Comparator.comparingLong(NodeSample::nanos))
                .toList();
        all.forEach(sample ->
                byNode.computeIfAbsent(sample.node(), node -> new ArrayList<>()).add(sample));
    }

    List<NodeSample> all() {
        return all;
    }

    Map<String, List<NodeSample>> byNode() {
        return byNode;
    }

    /** When the last one was taken; 0 if there is none. */
    long end() {
        return all.isEmpty() ? 0 : all.get(all.size() - 1).nanos();
    }

    /**
     * What all founders said at about the same time, in the final phase or just before: the last answers first. Empty if one of
     * them gave none.
     */
    List<List<NodeStatus>> finalRounds() {
        if (phases.finalFrom() == Long.MAX_VALUE) {
            return List.of();
        }
        List<List<NodeStatus>> answers = byNode.entrySet().stream()
                .filter(entry -> roster.founders().contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .map(samples -> samples.stream()
                        .filter(sample -> sample.nanos() >= phases.finalFrom() - BEFORE_FINAL_NANOS)
                        .flatMap(sample -> sample.status().stream())
                        .toList())
                .toList();
        int rounds = answers.stream().mapToInt(List::size).min().orElse(0);
        List<List<NodeStatus>> all = new ArrayList<>();
        for (int back = 1; back <= rounds; back++) {
            int round = back;
            all.add(answers.stream()
                    .map(statuses -> statuses.get(statuses.size() - round))
                    .toList());
        }
        return all;
    }
}
