package io.gemel.naming;

import java.util.HashMap;
import java.util.Map;

/**
 * One address at which a service can be reached.
 *
 * @param key what identifies it within its service
 * @param weight its share of the traffic, 0..10000; 0 takes none
 * @param enabled whether callers should use it; set by people
 * @param healthy whether it answers; set by its client or by health checks
 * @param durability whether it dies with its client's session
 * @param metadata free-form, at most 256 entries and 16 KiB in all when it is registered; what operators set may come on top
 */
public record Instance(
        InstanceKey key,
        double weight,
        boolean enabled,
        boolean healthy,
        Durability durability,
        Map<String, String> metadata) {

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
    public Instance {
        Limits.weight("weight", weight);
        metadata = Limits.shownMetadata("metadata", metadata);
    }

    /** An instance that lives as long as the session that registers it: weight 1, enabled, healthy, default cluster. */
    public static Instance ephemeral(String ip, int port) {
        return plain(ip, port, Durability.EPHEMERAL);
    }

    /** An instance that stays until it is deregistered: weight 1, enabled, healthy, default cluster. */
    public static Instance persistent(String ip, int port) {
        return plain(ip, port, Durability.PERSISTENT);
    }

    private static Instance plain(String ip, int port, Durability durability) {
        return new Instance(
                new InstanceKey(ip, port, InstanceKey.DEFAULT_CLUSTER), 1, true, true, durability, Map.of());
    }

    /** This instance in another cluster of its service. */
    public Instance withCluster(String cluster) {
        return new Instance(
                new InstanceKey(key.ip(), key.port(), cluster), weight, enabled, healthy, durability, metadata);
    }

    /** This instance with another weight. */
    public Instance withWeight(double newWeight) {
        return new Instance(key, newWeight, enabled, healthy, durability, metadata);
    }

    /** This instance, enabled or not. */
    public Instance withEnabled(boolean nowEnabled) {
        return new Instance(key, weight, nowEnabled, healthy, durability, metadata);
    }

    /** This instance, healthy or not. */
    public Instance withHealthy(boolean nowHealthy) {
        return new Instance(key, weight, enabled, nowHealthy, durability, metadata);
    }

    /** This instance with {@code newMetadata} instead of its own. */
    public Instance withMetadata(Map<String, String> newMetadata) {
        return new Instance(key, weight, enabled, healthy, durability, newMetadata);
    }

    /** This instance with one more metadata entry. */
    public Instance withMetadata(String name, String value) {
        Map<String, String> more = new HashMap<>(metadata);
        more.put(name, value);
        return withMetadata(more);
    }

    /** Whether callers should send it traffic. */
    public boolean usable() {
        return enabled && healthy && weight > 0;
    }
}
