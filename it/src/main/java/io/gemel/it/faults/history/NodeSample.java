package io.gemel.it.faults.history;

import io.gemel.naming.NodeStatus;
import java.util.Optional;

/**
 * What one node was like at one moment.
 *
 * @param nanos monotonic time since the run began
 * @param node its id
 * @param starts how often its process was started so far; samples of different starts are different processes
 * @param alive whether its process ran (a frozen one does)
 * @param status what it said of itself; empty if it did not answer
 * @param threads of its process; 0 if unknown
 * @param files open file handles of its process; 0 if unknown
 * @param residentBytes memory of its process; 0 if unknown
 */
public record NodeSample(
        long nanos,
        String node,
        int starts,
        boolean alive,
        Optional<NodeStatus> status,
        int threads,
        int files,
        long residentBytes) {}
