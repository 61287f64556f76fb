package io.gemel.naming;

import java.util.Map;
import java.util.Optional;

/**
 * What operators set for a service as a whole. It does not depend on what is registered, and stays until it is removed.
 *
 * @param protectionThreshold 0..1: if a smaller share than this of a service's enabled instances is healthy, callers use the
 *     unhealthy ones too, since to send all traffic to the few that are left would take these down as well; 0 for never
 * @param metadata free-form, at most 256 entries and 16 KiB in all; shown to whoever looks the service up
 * @param typed what plug-ins read, such as health checks and selectors; at most 64 KiB
 * @param guard what {@link LossGuard} does for the service; empty for what its namespace, or the server's settings, say
 */
public record ServiceSettings(
        double protectionThreshold, Map<String, String> metadata, TypedMetadata typed, Optional<GuardMode> guard) {
    /** What a service has for which nothing was set. */
    public static final ServiceSettings NONE = new ServiceSettings(0, Map.of(), TypedMetadata.NONE);

    /** Settings that say nothing of the guard. */
    public ServiceSettings(double protectionThreshold, Map<String, String> metadata, TypedMetadata typed) {
        this(protectionThreshold, metadata, typed, Optional.empty());
    }

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
    public ServiceSettings {
        Limits.share("protection_threshold", protectionThreshold);
        metadata = Limits.metadata("metadata", metadata);
    }

    /** These settings with another threshold. */
    public ServiceSettings withProtectionThreshold(double threshold) {
        return new ServiceSettings(threshold, metadata, typed, guard);
    }

    /** These settings with {@code newMetadata} instead of theirs. */
    public ServiceSettings withMetadata(Map<String, String> newMetadata) {
        return new ServiceSettings(protectionThreshold, newMetadata, typed, guard);
    }

    /** These settings with other typed metadata. */
    public ServiceSettings withTyped(TypedMetadata newTyped) {
        return new ServiceSettings(protectionThreshold, metadata, newTyped, guard);
    }

    /** These settings with another word on the guard; empty for none. */
    public ServiceSettings withGuard(Optional<GuardMode> newGuard) {
        return new ServiceSettings(protectionThreshold, metadata, typed, newGuard);
    }
}
