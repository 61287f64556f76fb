/** Tests of nemeses. */
@NullMarked
package io.gemel.it.faults.nemesis;

import org.jspecify.annotations.NullMarked;
