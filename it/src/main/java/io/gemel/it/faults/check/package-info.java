/** Decides from the evidence of a run which promises held. Pure: the same evidence gets the same verdicts. */
@NullMarked
package io.gemel.it.faults.check;

import org.jspecify.annotations.NullMarked;
