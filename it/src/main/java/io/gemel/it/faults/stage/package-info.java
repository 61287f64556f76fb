/** The system under test: real server processes, real client processes, and the network and disks between and below them. */
@NullMarked
package io.gemel.it.faults.stage;

import org.jspecify.annotations.NullMarked;
