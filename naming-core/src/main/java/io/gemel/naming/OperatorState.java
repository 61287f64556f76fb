package io.gemel.naming;

import java.util.List;
import java.util.Optional;

/**
 * What operators have set for one service. Immutable.
 *
 * @param settings of the service as a whole; empty if none are set
 * @param overrides sorted by key; also of addresses at which nothing is registered now
 */
public record OperatorState(Optional<Versioned<ServiceSettings>> settings, List<Overridden> overrides) {
    /** Nothing is set. */
    public static final OperatorState NONE = new OperatorState(Optional.empty(), List.of());

    /** Copies the list. */
    public OperatorState {
        overrides = List.copyOf(overrides);
    }

    /**
     * What operators have set for one address.
     *
     * @param registered what is registered there, as it registered; empty if nothing is
     */
    public record Overridden(InstanceKey key, Versioned<InstanceOverride> override, Optional<Instance> registered) {}

    /** Whether nothing is set. */
    public boolean isEmpty() {
        return settings.isEmpty() && overrides.isEmpty();
    }

    /** What is set for {@code key}. */
    public Optional<Overridden> find(InstanceKey key) {
        return overrides.stream()
                .filter(overridden -> overridden.key().equals(key))
                .findFirst();
    }
}
