package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.InstanceAddress;
import io.gemel.consistency.wire.InstanceCodec;
import io.gemel.consistency.wire.InstanceValue;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.StoredInstance;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Precondition;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How changes of persistent instances are written into the log and into the store. Depends on its input alone (I5). */
final class Commands {
    /** The newest version of a log entry; an entry says the oldest that can apply it. */
    static final int FORMAT = 3;

    private static final int UNCONDITIONAL_FORMAT = 1;
    private static final int CONDITIONAL_FORMAT = 2;
    static final int BYTES_MAX = 1024 * 1024;

    private static final char SEPARATOR = 0; // in no name or address, and sorts before all that is
    private static final int KEY_PARTS = 6;

    private Commands() {}

    /**
     * What a command does to one instance: in the store, and in the index.
     *
     * @param value what the store holds at {@code storeKey} from now on; empty if the instance is removed
     */
    record Effect(
            ByteString storeKey,
            Optional<ByteString> value,
            ServiceId service,
            InstanceKey key,
            Optional<Registration> now) {}

    /** The log entry for {@code change}; throws {@link RegistryException} with {@code BAD_REQUEST} if it is too large. */
    static ByteString encode(Change change) {
        RaftCommand.Builder command = RaftCommand.newBuilder().setFormat(UNCONDITIONAL_FORMAT);
        if (change instanceof Change.Register register) {
            command.setService(InstanceCodec.encode(register.service()));
            only(register.precondition(), command);
            register.instances().forEach(instance -> command.addPuts(InstanceCodec.encode(instance)));
        } else if (change instanceof Change.Deregister deregister) {
            command.setService(InstanceCodec.encode(deregister.service()));
            only(deregister.precondition(), command);
            deregister.keys().forEach(key -> command.addRemoves(InstanceCodec.encode(key)));
        } else {
            throw new IllegalArgumentException("change: " + change + " (expected: one of persistent instances)");
        }
        ByteString bytes = command.build().toByteString();
        if (bytes.size() > BYTES_MAX) {
            throw new RegistryException(
                    RegistryException.Code.BAD_REQUEST,
                    "instances: " + bytes.size() + " bytes in one request (expected: at most " + BYTES_MAX
                            + "); send fewer at a time");
        }
        return bytes;
    }

    private static void only(Precondition precondition, RaftCommand.Builder command) {
        precondition
                .revision()
                .ifPresent(revision -> command.setFormat(CONDITIONAL_FORMAT).setIfRevision(revision));
    }

    /** Refuses a log entry from elsewhere that this version could not apply; throws {@link RegistryException}. */
    static void check(ByteString command) {
        try {
            RaftCommand parsed = RaftCommand.parseFrom(command);
            if (command.size() > BYTES_MAX || !known(parsed)) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "command of format " + parsed.getFormat() + " and " + command.size()
                                + " bytes (expected: format 1.." + FORMAT + ", at most "
                                + BYTES_MAX + " bytes); upgrade all servers to one version");
            }
            if (parsed.hasMembers()) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "command: a change of members (expected: one of instances)");
            }
            precondition(parsed);
            effects(parsed, 0);
        } catch (InvalidProtocolBufferException e) {
            throw new RegistryException(RegistryException.Code.BAD_REQUEST, "command is not readable", e);
        }
    }

    /** Whether this version can apply {@code command} as every other one does that can. */
    static boolean known(RaftCommand command) {
        return command.getFormat() >= UNCONDITIONAL_FORMAT && command.getFormat() <= FORMAT;
    }

    /** What must be true of each instance that {@code command} names, or else it does nothing. */
    static Precondition precondition(RaftCommand command) {
        return command.hasIfRevision() ? Precondition.revision(command.getIfRevision()) : Precondition.NONE;
    }

    /** What {@code command} does as the log entry at {@code index}, in order; throws {@link RegistryException} if a value is out of range. */
    static List<Effect> effects(RaftCommand command, long index) {
        if (command.hasMembers()) {
            return List.of();
        }
        ServiceId service = InstanceCodec.decode(command.getService());
        List<Effect> effects = new ArrayList<>(command.getPutsCount() + command.getRemovesCount());
        for (InstanceValue put : command.getPutsList()) {
            Instance instance = InstanceCodec.decode(put, Durability.PERSISTENT);
            ByteString value = StoredInstance.newBuilder()
                    .setInstance(put)
                    .setRevision(index)
                    .build()
                    .toByteString();
            effects.add(new Effect(
                    storeKey(service, instance.key()),
                    Optional.of(value),
                    service,
                    instance.key(),
                    Optional.of(new Registration(instance, index))));
        }
        for (InstanceAddress remove : command.getRemovesList()) {
            InstanceKey key = InstanceCodec.decode(remove);
            effects.add(new Effect(storeKey(service, key), Optional.empty(), service, key, Optional.empty()));
        }
        return effects;
    }

    /** The effect of finding {@code value} at {@code storeKey}, or nothing if {@code value} is empty. */
    static Effect stored(byte[] storeKey, Optional<byte[]> value) throws InvalidProtocolBufferException {
        String[] parts = new String(storeKey, StandardCharsets.UTF_8).split(String.valueOf(SEPARATOR), KEY_PARTS);
        ServiceId service = new ServiceId(parts[0], parts[1], parts[2]);
        InstanceKey key = new InstanceKey(parts[4], Integer.parseInt(parts[5]), parts[3]);
        Optional<Registration> now = Optional.empty();
        if (value.isPresent()) {
            StoredInstance found = StoredInstance.parseFrom(value.get());
            now = Optional.of(new Registration(
                    InstanceCodec.decode(found.getInstance(), Durability.PERSISTENT), found.getRevision()));
        }
        return new Effect(ByteString.copyFrom(storeKey), value.map(ByteString::copyFrom), service, key, now);
    }

    /** The revision of the instance that the store holds as {@code value}; 0 for none. */
    static long revision(Optional<byte[]> value) throws InvalidProtocolBufferException {
        return value.isPresent() ? StoredInstance.parseFrom(value.get()).getRevision() : 0;
    }

    private static ByteString storeKey(ServiceId service, InstanceKey key) {
        return ByteString.copyFromUtf8(String.join(
                String.valueOf(SEPARATOR),
                service.namespace(),
                service.group(),
                service.name(),
                key.cluster(),
                key.ip(),
                Integer.toString(key.port())));
    }
}
