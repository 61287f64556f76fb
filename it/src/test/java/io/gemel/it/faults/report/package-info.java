/** Runs that never were, and their reports. */
@NullMarked
package io.gemel.it.faults.report;

import org.jspecify.annotations.NullMarked;
