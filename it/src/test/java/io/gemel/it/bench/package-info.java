/** Tests of the load tool. */
@NullMarked
package io.gemel.it.bench;

import org.jspecify.annotations.NullMarked;
