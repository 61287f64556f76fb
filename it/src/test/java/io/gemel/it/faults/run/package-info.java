/** Tests of the runner. */
@NullMarked
package io.gemel.it.faults.run;

import org.jspecify.annotations.NullMarked;
