package io.gemel.it.faults.worker;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line to a client process.
 *
 * @param id repeated in its {@link Reply}
 * @param verb what to do
 * @param server host:port, for what is one attempt at one server
 * @param client which client, for what goes through one
 * @param servers that {@link Verb#OPEN} begins with
 * @param namespace of an opened client
 * @param service which service; absent if the verb needs none
 * @param instances what to write or remove
 * @param linearizable how fresh a read must be
 * @param minRevision how fresh a read must be
 * @param ifRevision the revision that each instance must still have; absent if any will do
 * @param deadlineMillis how long it may take
 */
record Command(
        long id,
        Verb verb,
        String server,
        String client,
        List<String> servers,
        String namespace,
        @Nullable Service service,
        List<Item> instances,
        boolean linearizable,
        long minRevision,
        @Nullable Long ifRevision,
        long deadlineMillis) {

    /** What a client process can do. */
    enum Verb {
        WRITE,
        REMOVE,
        LIST,
        OPEN,
        REGISTER,
        DEREGISTER,
        WATCH,
        CLOSE;

        /** Whether it may have an effect though nobody hears its answer. */
        boolean changes() {
            return this != LIST;
        }
    }

    /** A service's name in three parts. */
    record Service(String namespace, String group, String name) {}

    /** An instance, complete. */
    record Item(
            String ip,
            int port,
            String cluster,
            double weight,
            boolean enabled,
            boolean healthy,
            boolean ephemeral,
            Map<String, String> metadata) {}
}
