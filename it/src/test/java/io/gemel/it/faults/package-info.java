/** Tests of the fault-injection harness, and by it. */
@NullMarked
package io.gemel.it.faults;

import org.jspecify.annotations.NullMarked;
