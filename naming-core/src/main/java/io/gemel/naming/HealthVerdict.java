package io.gemel.naming;

/**
 * What the servers' checks have found of a persistent instance, once it differs from what was agreed before.
 *
 * @param revision of the registration that was checked: the verdict counts for no other
 * @param healthy whether the instance answers as it should
 * @param cause why not, in a few words, at most 200 characters; empty if it is healthy
 */
public record HealthVerdict(ServiceId service, InstanceKey key, long revision, boolean healthy, String cause) {
    /** Throws {@link RegistryException} with {@code BAD_REQUEST} for a cause that is too long. */
    public HealthVerdict {
        Limits.cause("cause", cause);
    }
}
