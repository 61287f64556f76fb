/** Disks that lose power, fill up, slow down, fail and rot; clocks that jump and drift; and the faults made of them. */
@NullMarked
package io.gemel.it.faults.disk;

import org.jspecify.annotations.NullMarked;
