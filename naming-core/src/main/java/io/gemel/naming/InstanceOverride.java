package io.gemel.naming;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What operators set for an address of a service. It wins over what the instance there was registered with, whichever kind that
 * is and however often it registers again, and stays until it is removed.
 *
 * @param enabled whether callers should use the instance; empty: as registered
 * @param weight its share of the traffic, 0..10000; empty: as registered
 * @param metadata put over what the instance was registered with, entry by entry; at most 64 entries and 4 KiB in all
 */
public record InstanceOverride(Optional<Boolean> enabled, OptionalDouble weight, Map<String, String> metadata) {
    /** Sets nothing. It can be built upon, but not be set: to remove an override is a request of its own. */
    public static final InstanceOverride NONE =
            new InstanceOverride(Optional.empty(), OptionalDouble.empty(), Map.of());

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
    public InstanceOverride {
        weight.ifPresent(value -> Limits.weight("weight", value));
        metadata = Limits.overrideMetadata("metadata", metadata);
    }

    /** This override, with the instance enabled or disabled by it. */
    public InstanceOverride withEnabled(boolean nowEnabled) {
        return new InstanceOverride(Optional.of(nowEnabled), weight, metadata);
    }

    /** This override with a weight. */
    public InstanceOverride withWeight(double newWeight) {
        return new InstanceOverride(enabled, OptionalDouble.of(newWeight), metadata);
    }

    /** This override with {@code newMetadata} instead of its own. */
    public InstanceOverride withMetadata(Map<String, String> newMetadata) {
        return new InstanceOverride(enabled, weight, newMetadata);
    }

    /** Whether it sets nothing. */
    public boolean isEmpty() {
        return enabled.isEmpty() && weight.isEmpty() && metadata.isEmpty();
    }

    /** {@code registered} as callers should take it. */
    Instance over(Instance registered) {
        Map<String, String> merged = registered.metadata();
        if (!metadata.isEmpty()) {
            merged = new HashMap<>(merged);
            merged.putAll(metadata);
        }
        return new Instance(
                registered.key(),
                weight.orElse(registered.weight()),
                enabled.orElse(registered.enabled()),
                registered.healthy(),
                registered.durability(),
                merged);
    }
}
