/** Faults, and when they are injected. */
@NullMarked
package io.gemel.it.faults.nemesis;

import org.jspecify.annotations.NullMarked;
