package io.gemel.naming;

import java.util.Map;

/**
 * What operators see of a service: what was set for it, and what came of it.
 *
 * @param state what is set, with what the instances concerned were registered with
 * @param tally the instances as they are shown to callers
 * @param unhealthy the persistent instances that the servers' checks found unhealthy, and why
 */
public record ServiceDescription(
        ServiceId service, OperatorState state, ServiceView.Tally tally, Map<InstanceKey, String> unhealthy) {
    /** Copies the map. */
    public ServiceDescription {
        unhealthy = Map.copyOf(unhealthy);
    }

    /** What is set for the service as a whole, or its defaults. */
    public ServiceSettings settings() {
        return state.settings().map(Versioned::value).orElse(ServiceSettings.NONE);
    }

    /** The revision of the settings; 0 if none are set. */
    public long revision() {
        return state.settings().map(Versioned::revision).orElse(0L);
    }

    /** As {@link ServiceView#protectionReached()}. */
    public boolean protectionReached() {
        return tally.below(settings().protectionThreshold());
    }
}
