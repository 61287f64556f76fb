package io.gemel.naming;

import java.util.List;

/**
 * A part of the list of services.
 *
 * @param services sorted
 * @param more whether there are services after the last one
 */
public record ServicePage(List<ServiceId> services, boolean more) {
    public ServicePage {
        services = List.copyOf(services);
    }
}
