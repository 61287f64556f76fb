/** The agent's own tests, and the table of seeded bugs that the harness must find. */
@NullMarked
package io.gemel.it.faults.agent;

import org.jspecify.annotations.NullMarked;
