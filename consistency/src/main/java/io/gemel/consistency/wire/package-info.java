/** What servers store and send to each other, and its translation to the domain's values. */
@org.jspecify.annotations.NullMarked
package io.gemel.consistency.wire;
