/** Replicates writes: the delegate that routes each to the protocol its durability asks for. */
@org.jspecify.annotations.NullMarked
package io.gemel.consistency;
