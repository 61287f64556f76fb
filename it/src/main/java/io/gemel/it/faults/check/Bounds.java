package io.gemel.it.faults.check;

import java.time.Duration;

/**
 * How long what takes time may take, as promised with the settings of the run.
 *
 * @param sync from the acknowledgement of an ephemeral registration until every node that can see its owner lists it
 * @param gone from a client's death until no node lists its instances
 * @param converge from the healing of the last fault until all nodes show the same
 * @param recover from the healing of the last fault until every node is ready and a leader is followed
 * @param unnoticed a client that stands still for less is not taken for lost: neither by its server nor, as it goes on, by itself
 */
public record Bounds(Duration sync, Duration gone, Duration converge, Duration recover, Duration unnoticed) {}
