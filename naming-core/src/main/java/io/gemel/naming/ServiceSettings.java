package io.gemel.naming;

import java.util.Map;

/**
 * What operators set for a service as a whole. It does not depend on what is registered, and stays until it is removed.
 *
 * @param protectionThreshold 0..1: if a smaller share than this of a service's enabled instances is healthy, callers use the
 *     unhealthy ones too, since to send all traffic to the few that are left would take these down as well; 0 for never
 * @param metadata free-form, at most 256 entries and 16 KiB in all; shown to whoever looks the service up
 * @param typed what plug-ins read, such as health checks and selectors; at most 64 KiB
 */
public record ServiceSettings(double protectionThreshold, Map<String, String> metadata, TypedMetadata typed) {
    /** What a service has for which nothing was set. */
    public static final ServiceSettings NONE = new ServiceSettings(0, Map.of(), TypedMetadata.NONE);

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
    public ServiceSettings {
        Limits.share("protection_threshold", protectionThreshold);
        metadata = Limits.metadata("metadata", metadata);
    }

    /** These settings with another threshold. */
    public ServiceSettings withProtectionThreshold(double threshold) {
        return new ServiceSettings(threshold, metadata, typed);
    }

    /** These settings with {@code newMetadata} instead of theirs. */
    public ServiceSettings withMetadata(Map<String, String> newMetadata) {
        return new ServiceSettings(protectionThreshold, newMetadata, typed);
    }

    /** These settings with other typed metadata. */
    public ServiceSettings withTyped(TypedMetadata newTyped) {
        return new ServiceSettings(protectionThreshold, metadata, newTyped);
    }
}
