/** The command {@code gemel faults}: plans a run from a seed, carries it out, judges it and says so. */
@NullMarked
package io.gemel.it.faults.run;

import org.jspecify.annotations.NullMarked;
