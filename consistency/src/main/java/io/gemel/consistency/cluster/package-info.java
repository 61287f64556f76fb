/** Who the members are, how to reach them, and which of them are alive. */
@org.jspecify.annotations.NullMarked
package io.gemel.consistency.cluster;
