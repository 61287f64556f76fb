/** Tests of heartbeats between members. */
@org.jspecify.annotations.NullMarked
package io.gemel.consistency.lease;
