/** What clients do during a run: seeded streams of operations, carried out against servers and recorded. */
@NullMarked
package io.gemel.it.faults.workload;

import org.jspecify.annotations.NullMarked;
