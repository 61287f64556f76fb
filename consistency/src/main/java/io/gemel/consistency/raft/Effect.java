package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.InstanceCodec;
import io.gemel.consistency.wire.OperatorCodec;
import io.gemel.consistency.wire.StoredHealth;
import io.gemel.consistency.wire.StoredInstance;
import io.gemel.consistency.wire.StoredOverride;
import io.gemel.consistency.wire.StoredService;
import io.gemel.naming.Durability;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.Versioned;
import java.util.Optional;

/**
 * What a log entry does to one record: in the store, and in the index.
 *
 * <p>A new kind of record is a {@link StoreKeys.Kind} and an implementation here: the compiler then names each place that has to know
 * of it. The state hash, snapshots and preconditions follow by themselves.
 */
sealed interface Effect {
    /** Where the record is. */
    ByteString storeKey();

    /** What the store holds there from now on; empty if the record is removed. */
    Optional<ByteString> value();

    /** The service that it is about. */
    ServiceId service();

    /** What the record is about, as people call it. */
    String subject();

    /** Shows it in {@code index}; in the naming loop. */
    void show(ServiceIndex index);

    /** An instance is registered or deregistered. */
    record OfInstance(
            ByteString storeKey,
            Optional<ByteString> value,
            ServiceId service,
            InstanceKey key,
            Optional<Registration> now)
            implements Effect {
        @Override
        public String subject() {
            return key + " of " + service;
        }

        @Override
        public void show(ServiceIndex index) {
            index.persistent(service, key, now);
        }
    }

    /** Operators set something for a service. */
    record OfService(
            ByteString storeKey,
            Optional<ByteString> value,
            ServiceId service,
            Optional<Versioned<ServiceSettings>> now)
            implements Effect {
        @Override
        public String subject() {
            return "settings of " + service;
        }

        @Override
        public void show(ServiceIndex index) {
            index.settings(service, now);
        }
    }

    /** Operators set something for an address of a service. */
    record OfOverride(
            ByteString storeKey,
            Optional<ByteString> value,
            ServiceId service,
            InstanceKey key,
            Optional<Versioned<InstanceOverride>> now)
            implements Effect {
        @Override
        public String subject() {
            return "override for " + key + " of " + service;
        }

        @Override
        public void show(ServiceIndex index) {
            index.override(service, key, now);
        }
    }

    /**
     * Checks found an instance unhealthy, or healthy again.
     *
     * @param instanceRevision of the registration that it is about; of any other it says nothing
     * @param unhealthyBecause empty if it is healthy
     */
    record OfHealth(
            ByteString storeKey,
            Optional<ByteString> value,
            ServiceId service,
            InstanceKey key,
            long instanceRevision,
            Optional<String> unhealthyBecause)
            implements Effect {
        /** That nothing is known of the instance any more, since it is gone. */
        static OfHealth forgotten(ServiceId service, InstanceKey key) {
            return new OfHealth(StoreKeys.health(service, key), Optional.empty(), service, key, 0, Optional.empty());
        }

        @Override
        public String subject() {
            return "health of " + key + " of " + service;
        }

        @Override
        public void show(ServiceIndex index) {
            index.health(service, key, unhealthyBecause);
        }
    }

    /** The effect of finding {@code value} at {@code storeKey}, or nothing if {@code value} is empty. */
    static Effect stored(byte[] storeKey, Optional<byte[]> value) throws InvalidProtocolBufferException {
        StoreKeys.Kind kind = StoreKeys.Kind.of(storeKey);
        ByteString at = ByteString.copyFrom(storeKey);
        Optional<ByteString> bytes = value.map(ByteString::copyFrom);
        ServiceId service = StoreKeys.service(kind, storeKey);
        return switch (kind) {
            case INSTANCE -> {
                Optional<StoredInstance> found =
                        value.isPresent() ? Optional.of(StoredInstance.parseFrom(value.get())) : Optional.empty();
                Optional<Registration> now = found.map(stored -> new Registration(
                        InstanceCodec.decode(stored.getInstance(), Durability.PERSISTENT), stored.getRevision()));
                yield new OfInstance(at, bytes, service, StoreKeys.address(kind, storeKey), now);
            }
            case SERVICE -> {
                Optional<StoredService> found =
                        value.isPresent() ? Optional.of(StoredService.parseFrom(value.get())) : Optional.empty();
                yield new OfService(
                        at,
                        bytes,
                        service,
                        found.map(stored ->
                                new Versioned<>(OperatorCodec.decode(stored.getSettings()), stored.getRevision())));
            }
            case OVERRIDE -> {
                Optional<StoredOverride> found =
                        value.isPresent() ? Optional.of(StoredOverride.parseFrom(value.get())) : Optional.empty();
                yield new OfOverride(
                        at,
                        bytes,
                        service,
                        StoreKeys.address(kind, storeKey),
                        found.map(stored ->
                                new Versioned<>(OperatorCodec.decode(stored.getOverride()), stored.getRevision())));
            }
            case HEALTH -> {
                Optional<StoredHealth> found =
                        value.isPresent() ? Optional.of(StoredHealth.parseFrom(value.get())) : Optional.empty();
                yield new OfHealth(
                        at, bytes, service, StoreKeys.address(kind, storeKey), 0, found.map(StoredHealth::getCause));
            }
        };
    }

    /** The revision of the record that the store holds as {@code value} at {@code storeKey}; 0 for none. */
    static long revision(ByteString storeKey, Optional<byte[]> value) throws InvalidProtocolBufferException {
        if (value.isEmpty()) {
            return 0;
        }
        return switch (StoreKeys.Kind.of(storeKey.substring(0, 1).toByteArray())) {
            case INSTANCE -> StoredInstance.parseFrom(value.get()).getRevision();
            case SERVICE -> StoredService.parseFrom(value.get()).getRevision();
            case OVERRIDE -> StoredOverride.parseFrom(value.get()).getRevision();
            case HEALTH -> 0; // no write names it as its precondition
        };
    }
}
