/** The AP side: each node writes its own origin, peers copy it in order and compare digests. */
@org.jspecify.annotations.NullMarked
package io.gemel.consistency.distro;
