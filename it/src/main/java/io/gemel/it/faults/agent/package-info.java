/** Proof that the harness bites: seeded bugs that every run must find, and places at which a server can be made to die. */
@NullMarked
package io.gemel.it.faults.agent;

import org.jspecify.annotations.NullMarked;
