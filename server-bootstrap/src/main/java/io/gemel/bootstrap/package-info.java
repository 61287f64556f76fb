/** Starts a node: settings, identity, and the one place where the parts are put together. */
@NullMarked
package io.gemel.bootstrap;

import org.jspecify.annotations.NullMarked;
