/**
 * A whole cluster with its clients in one thread and in simulated time: the real Distro, sessions, door and client over a
 * simulated network, disturbed by a schedule that is a list of steps.
 */
@NullMarked
package io.gemel.consistency.distro.simulation;

import org.jspecify.annotations.NullMarked;
