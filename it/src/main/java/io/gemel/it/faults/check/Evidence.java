package io.gemel.it.faults.check;

import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.NodeSample;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All that a run left for judgement.
 *
 * @param history what clients did and saw, and the faults
 * @param samples of all nodes, by time
 * @param logs each node's log file, by node id
 * @param bounds what was promised of time
 */
public record Evidence(History history, List<NodeSample> samples, Map<String, Path> logs, Bounds bounds) {
    /** Copies the collections. */
    public Evidence {
        samples = List.copyOf(samples);
        logs = Map.copyOf(logs);
    }
}
