/** Client processes: real clients of the registry that the run commands, and can kill and freeze. */
@NullMarked
package io.gemel.it.faults.worker;

import org.jspecify.annotations.NullMarked;
