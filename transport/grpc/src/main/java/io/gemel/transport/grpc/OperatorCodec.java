package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.OperatorState;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import io.gemel.naming.TypedMetadata;
import io.gemel.naming.Versioned;
import io.gemel.transport.grpc.v1.ClearOverrideRequest;
import io.gemel.transport.grpc.v1.ClearServiceRequest;
import io.gemel.transport.grpc.v1.DescribeServiceRequest;
import io.gemel.transport.grpc.v1.DescribeServiceResponse;
import io.gemel.transport.grpc.v1.GuardMode;
import io.gemel.transport.grpc.v1.Overridden;
import io.gemel.transport.grpc.v1.SetOverrideRequest;
import io.gemel.transport.grpc.v1.SetServiceRequest;
import io.gemel.transport.grpc.v1.Unhealthy;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Turns what operators set into messages of gemel.v1 and back, as {@link Codec} does with what is registered. Stateless; any
 * thread. Every decoding throws {@link RegistryException} with {@code BAD_REQUEST} naming the field.
 */
public final class OperatorCodec {
    private OperatorCodec() {}

    /** The request that sets the settings of {@code change}, which has some. */
    public static SetServiceRequest setRequest(Change.SetService change) {
        SetServiceRequest.Builder message = SetServiceRequest.newBuilder().setService(Codec.encode(change.service()));
        change.settings().ifPresent(settings -> message.setSettings(encode(settings)));
        change.precondition().revision().ifPresent(message::setIfRevision);
        return message.build();
    }

    /** The request that removes the settings of the service of {@code change}. */
    public static ClearServiceRequest clearRequest(Change.SetService change) {
        ClearServiceRequest.Builder message =
                ClearServiceRequest.newBuilder().setService(Codec.encode(change.service()));
        change.precondition().revision().ifPresent(message::setIfRevision);
        return message.build();
    }

    /** The request that sets the override of {@code change}, which has one. */
    public static SetOverrideRequest setRequest(Change.SetOverride change) {
        SetOverrideRequest.Builder message = SetOverrideRequest.newBuilder()
                .setService(Codec.encode(change.service()))
                .setKey(Codec.encode(change.key()));
        change.override().ifPresent(override -> message.setOverride(encode(override)));
        change.precondition().revision().ifPresent(message::setIfRevision);
        return message.build();
    }

    /** The request that removes the override at the address of {@code change}. */
    public static ClearOverrideRequest clearRequest(Change.SetOverride change) {
        ClearOverrideRequest.Builder message = ClearOverrideRequest.newBuilder()
                .setService(Codec.encode(change.service()))
                .setKey(Codec.encode(change.key()));
        change.precondition().revision().ifPresent(message::setIfRevision);
        return message.build();
    }

    /** The request that describes {@code service} as fresh as {@code level} asks. */
    public static DescribeServiceRequest describeRequest(ServiceId service, ReadLevel level) {
        return DescribeServiceRequest.newBuilder()
                .setService(Codec.encode(service))
                .setLinearizable(level.linearizable())
                .setMinRevision(level.minRevision())
                .build();
    }

    /** The description that {@code message} holds. */
    public static ServiceDescription decode(DescribeServiceResponse message) {
        Optional<Versioned<ServiceSettings>> settings = message.hasSettings()
                ? Optional.of(new Versioned<>(
                        decode(message.getSettings()), Codec.unsignedLong("revision", message.getRevision())))
                : Optional.empty();
        return new ServiceDescription(
                Codec.required(message.hasService(), message.getService()),
                new OperatorState(settings, Codec.each("overrides", message.getOverridesList(), OperatorCodec::decode)),
                new ServiceView.Tally(message.getInstances(), message.getEnabled(), message.getHealthy()),
                message.getUnhealthyList().stream()
                        .collect(Collectors.toMap(each -> Codec.decode(each.getKey()), Unhealthy::getCause)));
    }

    static DescribeServiceResponse encode(ServiceDescription description) {
        DescribeServiceResponse.Builder message = DescribeServiceResponse.newBuilder()
                .setService(Codec.encode(description.service()))
                .setRevision(description.revision())
                .setInstances(description.tally().instances())
                .setEnabled(description.tally().enabled())
                .setHealthy(description.tally().healthy())
                .setProtectionReached(description.protectionReached());
        description.state().settings().ifPresent(settings -> message.setSettings(encode(settings.value())));
        description.state().overrides().forEach(overridden -> message.addOverrides(encode(overridden)));
        new TreeMap<>(description.unhealthy())
                .forEach((key, cause) -> message.addUnhealthy(
                        Unhealthy.newBuilder().setKey(Codec.encode(key)).setCause(cause)));
        return message.build();
    }

    static Change.SetService change(SetServiceRequest message) {
        ServiceId service = Codec.required(message.hasService(), message.getService());
        if (!message.hasSettings()) {
            throw Codec.refuse("settings: absent (expected: what to set; ClearService removes what is set)");
        }
        return new Change.SetService(
                service,
                Optional.of(within("settings", () -> decode(message.getSettings()))),
                Codec.precondition(message.hasIfRevision(), message.getIfRevision()));
    }

    static Change.SetService change(ClearServiceRequest message) {
        return new Change.SetService(
                Codec.required(message.hasService(), message.getService()),
                Optional.empty(),
                Codec.precondition(message.hasIfRevision(), message.getIfRevision()));
    }

    static Change.SetOverride change(SetOverrideRequest message) {
        ServiceId service = Codec.required(message.hasService(), message.getService());
        InstanceKey key = key(message.hasKey(), message.getKey());
        if (!message.hasOverride()) {
            throw Codec.refuse("override: absent (expected: what to set; ClearOverride removes what is set)");
        }
        return new Change.SetOverride(
                service,
                key,
                Optional.of(within("override", () -> decode(message.getOverride()))),
                Codec.precondition(message.hasIfRevision(), message.getIfRevision()));
    }

    static Change.SetOverride change(ClearOverrideRequest message) {
        return new Change.SetOverride(
                Codec.required(message.hasService(), message.getService()),
                key(message.hasKey(), message.getKey()),
                Optional.empty(),
                Codec.precondition(message.hasIfRevision(), message.getIfRevision()));
    }

    private static InstanceKey key(boolean present, io.gemel.transport.grpc.v1.InstanceKey message) {
        if (!present) {
            throw Codec.refuse("key: absent (expected: ip and port of the address)");
        }
        return within("key", () -> Codec.decode(message));
    }

    /** What {@code decode} makes; a refusal says in which field. */
    private static <T> T within(String field, Supplier<T> decode) {
        try {
            return decode.get();
        } catch (RegistryException refusal) {
            throw new RegistryException(refusal.code(), field + "." + refusal.getMessage(), refusal);
        }
    }

    private static io.gemel.transport.grpc.v1.ServiceSettings encode(ServiceSettings settings) {
        return io.gemel.transport.grpc.v1.ServiceSettings.newBuilder()
                .setProtectionThreshold(settings.protectionThreshold())
                .putAllMetadata(settings.metadata())
                .setTyped(ByteString.copyFrom(settings.typed().bytes()))
                .setGuard(settings.guard().map(OperatorCodec::encode).orElse(GuardMode.GUARD_MODE_UNSPECIFIED))
                .build();
    }

    private static GuardMode encode(io.gemel.naming.GuardMode mode) {
        return switch (mode) {
            case OFF -> GuardMode.GUARD_MODE_OFF;
            case DRY_RUN -> GuardMode.GUARD_MODE_DRY_RUN;
            case ON -> GuardMode.GUARD_MODE_ON;
        };
    }

    private static Optional<io.gemel.naming.GuardMode> guard(io.gemel.transport.grpc.v1.ServiceSettings message) {
        return switch (message.getGuard()) {
            case GUARD_MODE_UNSPECIFIED -> Optional.empty();
            case GUARD_MODE_OFF -> Optional.of(io.gemel.naming.GuardMode.OFF);
            case GUARD_MODE_DRY_RUN -> Optional.of(io.gemel.naming.GuardMode.DRY_RUN);
            case GUARD_MODE_ON -> Optional.of(io.gemel.naming.GuardMode.ON);
            case UNRECOGNIZED ->
                throw Codec.refuse(
                        "guard: %d (expected: 0 unspecified, 1 off, 2 dry run, 3 on)", message.getGuardValue());
        };
    }

    private static ServiceSettings decode(io.gemel.transport.grpc.v1.ServiceSettings message) {
        return new ServiceSettings(
                message.getProtectionThreshold(),
                message.getMetadataMap(),
                TypedMetadata.of(message.getTyped().toByteArray()),
                guard(message));
    }

    private static io.gemel.transport.grpc.v1.InstanceOverride encode(InstanceOverride override) {
        io.gemel.transport.grpc.v1.InstanceOverride.Builder message =
                io.gemel.transport.grpc.v1.InstanceOverride.newBuilder().putAllMetadata(override.metadata());
        override.enabled().ifPresent(message::setEnabled);
        override.weight().ifPresent(message::setWeight);
        return message.build();
    }

    private static InstanceOverride decode(io.gemel.transport.grpc.v1.InstanceOverride message) {
        return new InstanceOverride(
                message.hasEnabled() ? Optional.of(message.getEnabled()) : Optional.empty(),
                message.hasWeight() ? OptionalDouble.of(message.getWeight()) : OptionalDouble.empty(),
                message.getMetadataMap());
    }

    private static Overridden encode(OperatorState.Overridden overridden) {
        Overridden.Builder message = Overridden.newBuilder()
                .setKey(Codec.encode(overridden.key()))
                .setOverride(encode(overridden.override().value()))
                .setRevision(overridden.override().revision());
        overridden.registered().ifPresent(instance -> message.setRegistered(Codec.encode(instance)));
        return message.build();
    }

    private static OperatorState.Overridden decode(Overridden message) {
        Optional<Instance> registered =
                message.hasRegistered() ? Optional.of(Codec.decode(message.getRegistered())) : Optional.empty();
        return new OperatorState.Overridden(
                Codec.decode(message.getKey()),
                new Versioned<>(decode(message.getOverride()), Codec.unsignedLong("revision", message.getRevision())),
                registered);
    }
}
