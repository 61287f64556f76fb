package io.gemel.it.faults.workload;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.time.Duration;

/**
 * One operation on persistent instances that a client is to carry out. Follows from the seed alone; what it meets does not.
 *
 * @param part which part of its stream it belongs to, from 0; clients that lag behind others leave out the rest of a part
 * @param pause how long the client rests before it
 * @param server which server it goes to, as a number from 0; modulo how many there are
 * @param service what it is about
 * @param key what it is about; of a LIST: any
 * @param value what it writes, unlike all others; empty if nothing
 */
record Step(int part, Kind kind, Duration pause, int server, ServiceId service, InstanceKey key, String value) {
    /** What a step does. */
    enum Kind {
        /** Reads one instance, linearizably. */
        READ,
        /** Writes one instance. */
        REGISTER,
        /** Writes one instance if it is as this client last saw it. */
        CAS,
        /** Removes one instance. */
        DEREGISTER,
        /** Removes one instance, if this client knows that it is there. */
        TAKE_BACK,
        /** Lists a service, linearizably. */
        LIST,
        /** Writes one instance, and then lists the service at the next server at the revision of that write. */
        WRITE_THEN_LIST_ELSEWHERE
    }
}
