package io.gemel.client.internal;

import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import java.util.List;
import java.util.TreeSet;

/**
 * What leads from the names of some services to others.
 *
 * @param names the newer ones
 * @param added those that were not there before
 * @param removed those that are gone
 */
public record NamesDiff(ServiceNames names, List<ServiceId> added, List<ServiceId> removed) {
    static NamesDiff between(List<ServiceId> before, ServiceNames after) {
        TreeSet<ServiceId> added = new TreeSet<>(after.services());
        before.forEach(added::remove);
        TreeSet<ServiceId> removed = new TreeSet<>(before);
        after.services().forEach(removed::remove);
        return new NamesDiff(after, List.copyOf(added), List.copyOf(removed));
    }

    boolean isEmpty() {
        return added.isEmpty() && removed.isEmpty();
    }
}
