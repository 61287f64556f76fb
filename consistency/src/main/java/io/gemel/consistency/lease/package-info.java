/** Heartbeats of clients without a connection, taken to the member that keeps the instance. */
@org.jspecify.annotations.NullMarked
package io.gemel.consistency.lease;
