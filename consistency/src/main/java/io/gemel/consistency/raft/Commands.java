package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.HealthChange;
import io.gemel.consistency.wire.InstanceAddress;
import io.gemel.consistency.wire.InstanceCodec;
import io.gemel.consistency.wire.InstanceValue;
import io.gemel.consistency.wire.OperatorCodec;
import io.gemel.consistency.wire.OverrideChange;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.SettingsChange;
import io.gemel.consistency.wire.StoredHealth;
import io.gemel.consistency.wire.StoredInstance;
import io.gemel.consistency.wire.StoredOverride;
import io.gemel.consistency.wire.StoredService;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.Precondition;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.Versioned;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How changes of persistent instances, and of what operators set, are written into the log and into the store. Depends on its input alone (I5). */
final class Commands {
    /** The newest version of a log entry; an entry says the oldest that can apply it. */
    static final int FORMAT = 8;

    private static final int UNCONDITIONAL_FORMAT = 1;
    private static final int CONDITIONAL_FORMAT = 2;
    private static final int OPERATOR_FORMAT = 4;
    private static final int HEALTH_FORMAT = 5;
    private static final int TOGETHER_FORMAT = 7;
    private static final int GUARD_FORMAT = 8;
    static final int BYTES_MAX = 1024 * 1024;

    private Commands() {}

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
        } else if (change instanceof Change.SetService set) {
            SettingsChange.Builder settings = SettingsChange.newBuilder();
            set.settings().ifPresent(value -> settings.setSettings(OperatorCodec.encode(value)));
            only(set.precondition(), command);
            command.setFormat(set.settings().map(Commands::formatFor).orElse(OPERATOR_FORMAT))
                    .setService(InstanceCodec.encode(set.service()))
                    .setSettings(settings);
        } else if (change instanceof Change.SetOverride set) {
            OverrideChange.Builder override = OverrideChange.newBuilder().setAddress(InstanceCodec.encode(set.key()));
            set.override().ifPresent(value -> override.setOverride(OperatorCodec.encode(value)));
            only(set.precondition(), command);
            command.setFormat(OPERATOR_FORMAT)
                    .setService(InstanceCodec.encode(set.service()))
                    .addOverrides(override);
        } else if (change instanceof Change.SetHealth set) {
            command.setFormat(HEALTH_FORMAT);
            set.verdicts().forEach(verdict -> command.addHealth(encoded(verdict)));
        } else {
            throw new IllegalArgumentException(
                    "change: " + change + " (expected: one of persistent instances, or of what operators set)");
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

    private static int formatFor(ServiceSettings settings) {
        return settings.guard().isPresent() ? GUARD_FORMAT : OPERATOR_FORMAT;
    }

    /** The lowest version of a log entry by which what {@code effect} does could be asked for: a member that does not know it must stop at the entry. */
    static int formatFor(Effect effect) {
        if (effect instanceof Effect.OfInstance) {
            return UNCONDITIONAL_FORMAT;
        }
        if (effect instanceof Effect.OfHealth) {
            return HEALTH_FORMAT;
        }
        return effect instanceof Effect.OfService of
                ? of.now().map(Versioned::value).map(Commands::formatFor).orElse(OPERATOR_FORMAT)
                : OPERATOR_FORMAT;
    }

    private static HealthChange encoded(HealthVerdict verdict) {
        return HealthChange.newBuilder()
                .setService(InstanceCodec.encode(verdict.service()))
                .setAddress(InstanceCodec.encode(verdict.key()))
                .setIfRevision(verdict.revision())
                .setHealthy(verdict.healthy())
                .setCause(verdict.cause())
                .build();
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
            if (parsed.hasMembers() || parsed.getTogetherCount() > 0) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "command: a change of members, or several commands (expected: one of instances, or of what"
                                + " operators set)");
            }
            precondition(parsed);
            effects(parsed, 0);
        } catch (InvalidProtocolBufferException e) {
            throw new RegistryException(RegistryException.Code.BAD_REQUEST, "command is not readable", e);
        }
    }

    /** The log entry for {@code commands}, which do as one what each would do by itself; they touch different keys. */
    static ByteString together(List<ByteString> commands) {
        return commands.size() == 1
                ? commands.get(0)
                : RaftCommand.newBuilder()
                        .setFormat(TOGETHER_FORMAT)
                        .addAllTogether(commands)
                        .build()
                        .toByteString();
    }

    /** The commands of a log entry, of any format. */
    static List<RaftCommand> apart(ByteBuffer entry) throws InvalidProtocolBufferException {
        RaftCommand command = RaftCommand.parseFrom(entry.duplicate());
        if (command.getTogetherCount() == 0 || !known(command)) {
            return List.of(command);
        }
        List<RaftCommand> commands = new ArrayList<>(command.getTogetherCount());
        for (ByteString one : command.getTogetherList()) {
            commands.add(RaftCommand.parseFrom(one));
        }
        return commands;
    }

    /** The keys in the store of all that {@code command}, one that passes {@link #check}, writes; none if it must be alone in its entry. */
    static Set<ByteString> touched(ByteString command) {
        try {
            return touched(RaftCommand.parseFrom(command));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("command: not readable (expected: one that was checked)", e);
        }
    }

    /** Those of {@link #effects}, without what these would write: a leader asks of each command, before the log has it. */
    private static Set<ByteString> touched(RaftCommand command) {
        if (command.hasMembers() || command.hasRestore()) {
            return Set.of();
        }
        if (command.getHealthCount() > 0) {
            return command.getHealthList().stream()
                    .map(change -> StoreKeys.health(
                            InstanceCodec.decode(change.getService()), InstanceCodec.decode(change.getAddress())))
                    .collect(Collectors.toSet());
        }
        ServiceId service = InstanceCodec.decode(command.getService());
        Set<ByteString> keys = new HashSet<>();
        command.getPutsList()
                .forEach(put -> keys.add(StoreKeys.instance(service, InstanceCodec.decode(put.getAddress()))));
        command.getRemovesList().forEach(key -> keys.add(StoreKeys.instance(service, InstanceCodec.decode(key))));
        if (command.hasSettings()) {
            keys.add(StoreKeys.service(service));
        }
        command.getOverridesList()
                .forEach(change -> keys.add(StoreKeys.override(service, InstanceCodec.decode(change.getAddress()))));
        return keys;
    }

    /** Whether this version can apply {@code command} as every other one does that can. */
    static boolean known(RaftCommand command) {
        return command.getFormat() >= UNCONDITIONAL_FORMAT && command.getFormat() <= FORMAT;
    }

    /** What must be true of each thing that {@code command} names, or else it does nothing. */
    static Precondition precondition(RaftCommand command) {
        return command.hasIfRevision() ? Precondition.revision(command.getIfRevision()) : Precondition.NONE;
    }

    /** What {@code command} does as the log entry at {@code index}, in order; throws {@link RegistryException} if a value is out of range. */
    static List<Effect> effects(RaftCommand command, long index) {
        if (command.hasMembers() || command.hasRestore()) {
            return List.of();
        }
        if (command.getHealthCount() > 0) {
            return command.getHealthList().stream().map(Commands::health).toList();
        }
        ServiceId service = InstanceCodec.decode(command.getService());
        List<Effect> effects = new ArrayList<>(command.getPutsCount() + command.getRemovesCount() + 1);
        for (InstanceValue put : command.getPutsList()) {
            effects.add(put(service, put, index));
        }
        for (InstanceAddress remove : command.getRemovesList()) {
            InstanceKey key = InstanceCodec.decode(remove);
            effects.add(new Effect.OfInstance(
                    StoreKeys.instance(service, key), Optional.empty(), service, key, Optional.empty()));
        }
        if (command.hasSettings()) {
            effects.add(settings(service, command.getSettings(), index));
        }
        for (OverrideChange change : command.getOverridesList()) {
            effects.add(override(service, change, index));
        }
        return effects;
    }

    private static Effect put(ServiceId service, InstanceValue put, long index) {
        Instance instance = InstanceCodec.decode(put, Durability.PERSISTENT);
        ByteString value = StoredInstance.newBuilder()
                .setInstance(put)
                .setRevision(index)
                .build()
                .toByteString();
        return new Effect.OfInstance(
                StoreKeys.instance(service, instance.key()),
                Optional.of(value),
                service,
                instance.key(),
                Optional.of(new Registration(instance, index)));
    }

    /** Of a healthy instance nothing is kept. */
    private static Effect health(HealthChange change) {
        HealthVerdict verdict = new HealthVerdict(
                InstanceCodec.decode(change.getService()),
                InstanceCodec.decode(change.getAddress()),
                change.getIfRevision(),
                change.getHealthy(),
                change.getCause());
        ByteString unhealthy =
                StoredHealth.newBuilder().setCause(verdict.cause()).build().toByteString();
        return new Effect.OfHealth(
                StoreKeys.health(verdict.service(), verdict.key()),
                verdict.healthy() ? Optional.empty() : Optional.of(unhealthy),
                verdict.service(),
                verdict.key(),
                verdict.revision(),
                verdict.healthy() ? Optional.empty() : Optional.of(verdict.cause()));
    }

    private static Effect settings(ServiceId service, SettingsChange change, long index) {
        ByteString at = StoreKeys.service(service);
        if (!change.hasSettings()) {
            return new Effect.OfService(at, Optional.empty(), service, Optional.empty());
        }
        ServiceSettings settings = OperatorCodec.decode(change.getSettings());
        ByteString value = StoredService.newBuilder()
                .setSettings(change.getSettings())
                .setRevision(index)
                .build()
                .toByteString();
        return new Effect.OfService(at, Optional.of(value), service, Optional.of(new Versioned<>(settings, index)));
    }

    private static Effect override(ServiceId service, OverrideChange change, long index) {
        InstanceKey key = InstanceCodec.decode(change.getAddress());
        ByteString at = StoreKeys.override(service, key);
        if (!change.hasOverride()) {
            return new Effect.OfOverride(at, Optional.empty(), service, key, Optional.empty());
        }
        InstanceOverride override = OperatorCodec.decode(change.getOverride());
        ByteString value = StoredOverride.newBuilder()
                .setOverride(change.getOverride())
                .setRevision(index)
                .build()
                .toByteString();
        return new Effect.OfOverride(
                at, Optional.of(value), service, key, Optional.of(new Versioned<>(override, index)));
    }
}
