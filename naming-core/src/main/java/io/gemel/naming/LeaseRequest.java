package io.gemel.naming;

/** What a client without a connection asks for one of its ephemeral instances. */
public sealed interface LeaseRequest {
    /** The instance's service. */
    ServiceId service();

    /** What identifies the instance within its service. */
    InstanceKey key();

    /** Registers the instance, or replaces what was registered at its key; counts as a heartbeat. */
    record Register(ServiceId service, Instance instance, LeaseTimes times) implements LeaseRequest {
        /** Throws {@link RegistryException} with {@code BAD_REQUEST} for a persistent instance, or metadata beyond what one may register with. */
        public Register {
            if (instance.durability() != Durability.EPHEMERAL) {
                throw Limits.refuse("instance: %s is persistent (expected: ephemeral)", instance.key());
            }
            var unused = Limits.metadata("metadata of " + instance.key(), instance.metadata());
        }

        @Override
        public InstanceKey key() {
            return instance.key();
        }
    }

    /** A heartbeat. */
    record Renew(ServiceId service, InstanceKey key) implements LeaseRequest {}

    /** Removes the instance at once, if heartbeats keep it. */
    record Deregister(ServiceId service, InstanceKey key) implements LeaseRequest {}
}
