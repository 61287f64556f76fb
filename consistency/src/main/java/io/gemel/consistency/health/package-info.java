/** Health checks of persistent instances by the servers: who checks which, how, and when a finding becomes an entry of the log. */
@org.jspecify.annotations.NullMarked
package io.gemel.consistency.health;
