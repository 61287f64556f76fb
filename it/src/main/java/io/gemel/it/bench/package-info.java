/** The load tool: measures servers that run as processes of their own, and prints the figures of docs/PERFORMANCE.md. */
@NullMarked
package io.gemel.it.bench;

import org.jspecify.annotations.NullMarked;
