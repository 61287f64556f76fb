package io.gemel.it.faults.workload;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.time.Duration;

/**
 * One act in the lives of an application that registers itself. Follows from the seed alone.
 *
 * @param pause how long it rests before
 * @param client the name of this life; no two lives have the same
 * @param server where an OPEN goes first, as a number from 0; modulo how many there are
 * @param service what it is about; of an OPEN or a CLOSE: any
 * @param key what it is about; of an OPEN or a CLOSE: any
 * @param value the incarnation it registers, unlike all others; empty if none
 */
record Act(Kind kind, Duration pause, String client, int server, ServiceId service, InstanceKey key, String value) {
    /** What an act does. */
    enum Kind {
        OPEN,
        REGISTER,
        DEREGISTER,
        /** Nothing, for a while. */
        IDLE,
        CLOSE
    }
}
