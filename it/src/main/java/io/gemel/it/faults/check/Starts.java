package io.gemel.it.faults.check;

import io.gemel.it.faults.history.NodeSample;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Which life of a node's process a moment fell into, as far as samples tell. */
final class Starts {
    private final Map<String, NavigableMap<Long, Integer>> byNode = new HashMap<>();

    Starts(Evidence evidence) {
        for (NodeSample sample : evidence.samples()) {
            byNode.computeIfAbsent(sample.node(), node -> new TreeMap<>()).put(sample.nanos(), sample.starts());
        }
    }

    /** Whether {@code node} was certainly not started again between the two. */
    boolean same(String node, long from, long to) {
        NavigableMap<Long, Integer> samples = byNode.getOrDefault(node, new TreeMap<>());
        Map.Entry<Long, Integer> before = samples.floorEntry(from);
        Map.Entry<Long, Integer> after = samples.ceilingEntry(to);
        return before != null && after != null && before.getValue().equals(after.getValue());
    }
}
