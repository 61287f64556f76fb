/** Tests of what servers store and send. */
@NullMarked
package io.gemel.consistency.wire;

import org.jspecify.annotations.NullMarked;
