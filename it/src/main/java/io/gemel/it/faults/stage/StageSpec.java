package io.gemel.it.faults.stage;

import java.nio.file.Path;

/**
 * What a stage is to be made of.
 *
 * @param nodes how many servers, 1..9
 * @param dir gets a directory for each server and each client process; made if absent
 * @param preparation what the run's faults need
 */
public record StageSpec(int nodes, Path dir, Preparation preparation) {
    private static final int NODES_MAX = 9;

    /** Throws {@link IllegalArgumentException} for a number of nodes that no stage has. */
    public StageSpec {
        if (nodes < 1 || nodes > NODES_MAX) {
            throw new IllegalArgumentException("nodes: %d (expected: 1..%d)".formatted(nodes, NODES_MAX));
        }
        dir = dir.toAbsolutePath();
    }
}
