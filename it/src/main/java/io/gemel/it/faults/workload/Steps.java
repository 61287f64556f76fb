package io.gemel.it.faults.workload;

/** The endless stream of one client's steps. The same seed gives the same stream, however the steps end. */
@FunctionalInterface
interface Steps {
    Step next();
}
