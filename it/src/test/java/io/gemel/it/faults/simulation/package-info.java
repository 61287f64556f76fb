/** Clusters in simulated time, held to the same promises as clusters of processes. */
@NullMarked
package io.gemel.it.faults.simulation;

import org.jspecify.annotations.NullMarked;
