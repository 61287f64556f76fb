package io.gemel.consistency.distro.simulation;

import io.gemel.naming.NodeStatus;
import java.util.Optional;

/**
 * What a simulated node was like at one moment.
 *
 * @param nanos simulated time since the beginning
 * @param node its id
 * @param starts how often it was started so far
 * @param alive whether its process ran; a frozen one does
 * @param status what it said of itself; empty if it could not
 */
public record NodeState(long nanos, String node, int starts, boolean alive, Optional<NodeStatus> status) {}
