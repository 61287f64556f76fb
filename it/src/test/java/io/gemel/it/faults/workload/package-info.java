/** Tests of workloads. */
@NullMarked
package io.gemel.it.faults.workload;

import org.jspecify.annotations.NullMarked;
