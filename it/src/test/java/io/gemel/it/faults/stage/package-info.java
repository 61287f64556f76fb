/** Tests of the stage: its networks keep their contract, and nothing of it is left behind. */
@NullMarked
package io.gemel.it.faults.stage;

import org.jspecify.annotations.NullMarked;
