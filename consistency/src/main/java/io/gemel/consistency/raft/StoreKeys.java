package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.nio.charset.StandardCharsets;

/**
 * Where the state machine's store keeps what.
 *
 * <p>A key is text parts with a byte 0 between them. An instance's begins with its namespace, hence with a byte that names begin with;
 * every other kind has a first byte of its own below those. In key order, so in the order in which a state is shown, what is
 * set for instances comes before them.
 */
final class StoreKeys {
    /** Names and addresses have no character below. */
    private static final int FIRST_OF_NAMES = 0x20;

    private static final char SEPARATOR = 0; // in no name or address, and sorts before all that is
    private static final int SERVICE_PARTS = 3;
    private static final int INSTANCE_PARTS = 6;

    private StoreKeys() {}

    /** What kind of record a key leads to. 0 and 1 are the store's own state and the members: {@link StateStore}, {@link MembersCodec}. */
    enum Kind {
        SERVICE(2),
        OVERRIDE(3),
        HEALTH(4),
        INSTANCE(-1);

        private final int first;

        Kind(int first) {
            this.first = first;
        }

        /** The kind at {@code key}; throws {@link InvalidProtocolBufferException} for one of a newer version. */
        static Kind of(byte[] key) throws InvalidProtocolBufferException {
            if (key[0] >= FIRST_OF_NAMES) {
                return INSTANCE;
            }
            for (Kind kind : values()) {
                if (kind.first == key[0]) {
                    return kind;
                }
            }
            throw new InvalidProtocolBufferException("a record of the unknown kind " + key[0]);
        }
    }

    static ByteString instance(ServiceId service, InstanceKey key) {
        return ByteString.copyFromUtf8(text(service, key));
    }

    static ByteString service(ServiceId service) {
        return prefixed(Kind.SERVICE, text(service));
    }

    static ByteString override(ServiceId service, InstanceKey key) {
        return prefixed(Kind.OVERRIDE, text(service, key));
    }

    static ByteString health(ServiceId service, InstanceKey key) {
        return prefixed(Kind.HEALTH, text(service, key));
    }

    /** The service that {@code key}, of whichever kind, is about. */
    static ServiceId service(Kind kind, byte[] key) {
        String[] parts = parts(kind, key, kind == Kind.SERVICE ? SERVICE_PARTS : INSTANCE_PARTS);
        return new ServiceId(parts[0], parts[1], parts[2]);
    }

    /** The address that {@code key}, of any kind but {@link Kind#SERVICE}, is about. */
    static InstanceKey address(Kind kind, byte[] key) {
        String[] parts = parts(kind, key, INSTANCE_PARTS);
        return new InstanceKey(parts[4], Integer.parseInt(parts[5]), parts[3]);
    }

    private static ByteString prefixed(Kind kind, String text) {
        return ByteString.copyFromUtf8((char) kind.first + text);
    }

    private static String text(ServiceId service, InstanceKey key) {
        return String.join(
                String.valueOf(SEPARATOR), text(service), key.cluster(), key.ip(), Integer.toString(key.port()));
    }

    private static String text(ServiceId service) {
        return String.join(String.valueOf(SEPARATOR), service.namespace(), service.group(), service.name());
    }

    private static String[] parts(Kind kind, byte[] key, int number) {
        int skip = kind == Kind.INSTANCE ? 0 : 1;
        return new String(key, skip, key.length - skip, StandardCharsets.UTF_8)
                .split(String.valueOf(SEPARATOR), number);
    }
}
