package io.gemel.naming;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A write, as it is routed, replicated and applied. */
public sealed interface Change {
    /** Which of the two protocols carries it. */
    Durability durability();

    /**
     * Adds instances to a service, or replaces those at the same keys. All of them or none.
     *
     * @param publisher the session that owns them; {@link Publisher#NONE} for persistent ones
     * @param precondition of persistent ones: what is now at their keys
     */
    record Register(ServiceId service, List<Instance> instances, Publisher publisher, Precondition precondition)
            implements Change {
        /**
         * Throws {@link RegistryException} with {@code BAD_REQUEST} for an empty or over-long batch, a repeated key, mixed kinds, a
         * service that stands for its namespace, metadata beyond what an instance may register with, or ephemeral ones with a precondition.
         */
        public Register {
            Limits.batch("instances", instances.size());
            if (service.isNamespace()) {
                throw Limits.refuse("service: %s stands for its whole namespace (expected: another name)", service);
            }
            instances = List.copyOf(instances);
            Set<InstanceKey> keys = instances.size() == 1 ? Set.of() : new HashSet<>();
            for (Instance instance : instances) {
                if (instances.size() > 1 && !keys.add(instance.key())) {
                    throw Limits.refuse("instances: %s twice (expected: each key once)", instance.key());
                }
                var unused = Limits.metadata("metadata of " + instance.key(), instance.metadata());
            }
            Durability first = instances.get(0).durability();
            for (Instance instance : instances) {
                if (instance.durability() != first) {
                    throw Limits.refuse(
                            "instances: %s is %s (expected: all of one kind, as the first is %s)",
                            instance.key(), instance.durability(), first);
                }
            }
            precondition.requireFor(first);
        }

        /** Whatever is there now. */
        public Register(ServiceId service, List<Instance> instances, Publisher publisher) {
            this(service, instances, publisher, Precondition.NONE);
        }

        @Override
        public Durability durability() {
            return instances.get(0).durability();
        }
    }

    /** Removes the instances with these keys, as far as they are there and {@code precondition} holds for each. */
    record Deregister(
            ServiceId service,
            List<InstanceKey> keys,
            Durability durability,
            Publisher publisher,
            Precondition precondition)
            implements Change {
        /** Throws {@link RegistryException} with {@code BAD_REQUEST} for an empty or over-long batch, or ephemeral ones with a precondition. */
        public Deregister {
            Limits.batch("keys", keys.size());
            keys = List.copyOf(keys);
            precondition.requireFor(durability);
        }

        /** Whatever is there now. */
        public Deregister(ServiceId service, List<InstanceKey> keys, Durability durability, Publisher publisher) {
            this(service, keys, durability, publisher, Precondition.NONE);
        }
    }

    /**
     * Sets what operators want for a service as a whole, in place of what they wanted before.
     *
     * @param settings empty to remove what is set
     * @param precondition what is set now: the revision of the settings, not of any instance
     */
    record SetService(ServiceId service, Optional<ServiceSettings> settings, Precondition precondition)
            implements Change {
        /** Throws {@link RegistryException} with {@code BAD_REQUEST} for what cannot be said of a whole namespace. */
        public SetService {
            boolean guardAlone = settings.isEmpty()
                    || settings.get()
                            .equals(ServiceSettings.NONE.withGuard(
                                    settings.get().guard()));
            if (service.isNamespace() && !guardAlone) {
                throw Limits.refuse(
                        "settings of %s: more than guard (expected: guard alone, the rest is said for each service)",
                        service);
            }
        }

        /** Agreed on, whichever kind of instances the service has. */
        @Override
        public Durability durability() {
            return Durability.PERSISTENT;
        }
    }

    /**
     * Sets what operators want for an address of a service, in place of what they wanted before. Nothing need be registered there.
     *
     * @param override empty to remove what is set
     * @param precondition what is set now: the revision of the override, not of the instance
     */
    record SetOverride(
            ServiceId service, InstanceKey key, Optional<InstanceOverride> override, Precondition precondition)
            implements Change {
        /** Throws {@link RegistryException} with {@code BAD_REQUEST} for an override that sets nothing. */
        public SetOverride {
            if (override.isPresent() && override.get().isEmpty()) {
                throw Limits.refuse(
                        "override: sets nothing (expected: enabled, weight or metadata; or clear the override)");
            }
        }

        /** Agreed on, whichever kind of instance is at the address. */
        @Override
        public Durability durability() {
            return Durability.PERSISTENT;
        }
    }

    /** Sets what the servers' checks have found. Each verdict counts if the registration that it is about is still there, whatever becomes of the others. */
    record SetHealth(List<HealthVerdict> verdicts) implements Change {
        /** Throws {@link RegistryException} with {@code BAD_REQUEST} for none or too many. */
        public SetHealth {
            Limits.batch("verdicts", verdicts.size());
            verdicts = List.copyOf(verdicts);
        }

        /** Only persistent instances are checked. */
        @Override
        public Durability durability() {
            return Durability.PERSISTENT;
        }
    }

    /**
     * Starts a session's next epoch on this node. What an earlier epoch published stays until {@link SessionReplayed}.
     *
     * @param resumed whether earlier epochs may have published anything, here or elsewhere
     */
    record SessionOpened(Publisher publisher, boolean resumed) implements Change {
        @Override
        public Durability durability() {
            return Durability.EPHEMERAL;
        }
    }

    /**
     * The session has registered again all that it holds: what it published in earlier epochs, anywhere, is void.
     *
     * @param tokenHash by which every node can check who may resume the session
     */
    record SessionReplayed(Publisher publisher, long tokenHash) implements Change {
        @Override
        public Durability durability() {
            return Durability.EPHEMERAL;
        }
    }

    /**
     * Sessions are over because their clients were not heard of in time. Those that are over already, or go on in a later epoch, are left out.
     *
     * @param publishers all that were found at one time: what is lost together is judged together, see {@link LossGuard}
     * @param missing those of whom nothing is heard either, and who may yet come back: they tell a client's death from an outage
     */
    record SessionsLost(List<Publisher> publishers, List<Publisher> missing) implements Change {
        /** Copies the lists. */
        public SessionsLost {
            publishers = List.copyOf(publishers);
            missing = List.copyOf(missing);
        }

        @Override
        public Durability durability() {
            return Durability.EPHEMERAL;
        }
    }

    /** The session is over, by its own word. */
    record SessionClosed(Publisher publisher) implements Change {
        @Override
        public Durability durability() {
            return Durability.EPHEMERAL;
        }
    }
}
