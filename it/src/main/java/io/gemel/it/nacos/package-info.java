/** Nacos's own Java client as it was published, for the tests and the load tool. */
@NullMarked
package io.gemel.it.nacos;

import org.jspecify.annotations.NullMarked;
