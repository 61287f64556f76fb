package io.gemel.naming;

import java.util.List;

/**
 * A page of the names of services.
 *
 * @param services sorted
 * @param total how many there are on all pages
 */
public record CountedServices(List<ServiceId> services, int total) {
    /** Copies the list. */
    public CountedServices {
        services = List.copyOf(services);
    }
}
