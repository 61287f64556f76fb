/**
 * What the agent does within a server or client process: seeded bugs and fail points, woven into its classes as these are
 * loaded. Nothing outside this package is in the agent's jar, and nothing of it is in the server's.
 */
@NullMarked
package io.gemel.it.faults.agent.inside;

import org.jspecify.annotations.NullMarked;
