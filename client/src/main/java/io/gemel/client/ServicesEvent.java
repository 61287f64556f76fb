package io.gemel.client;

import io.gemel.naming.ServiceId;
import java.util.List;

/**
 * How the services that have instances differ from what the same listener was told before. Immutable.
 *
 * @param services all of them now, sorted
 * @param added those that had no instances before, sorted; in the first event all of them
 * @param removed those that have none any more, sorted
 */
public record ServicesEvent(List<ServiceId> services, List<ServiceId> added, List<ServiceId> removed) {
    /** Refuses null, and copies the lists. */
    public ServicesEvent {
        services = List.copyOf(services);
        added = List.copyOf(added);
        removed = List.copyOf(removed);
    }
}
