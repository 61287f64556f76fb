package io.gemel.consistency.wire;

import com.google.protobuf.ByteString;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.TypedMetadata;
import java.util.Optional;
import java.util.OptionalDouble;

/** Translates between what operators set and what servers store and send of it. Equal values give equal bytes. */
public final class OperatorCodec {
    private OperatorCodec() {}

    /** {@code settings} as servers write them. */
    public static SettingsValue encode(ServiceSettings settings) {
        return SettingsValue.newBuilder()
                .setProtectionThreshold(settings.protectionThreshold())
                .addAllMetadata(InstanceCodec.encode(settings.metadata()))
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

    private static Optional<io.gemel.naming.GuardMode> decode(GuardMode mode) {
        return switch (mode) {
            case GUARD_MODE_OFF -> Optional.of(io.gemel.naming.GuardMode.OFF);
            case GUARD_MODE_DRY_RUN -> Optional.of(io.gemel.naming.GuardMode.DRY_RUN);
            case GUARD_MODE_ON -> Optional.of(io.gemel.naming.GuardMode.ON);
            case GUARD_MODE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    /** {@code override} as servers write it. */
    public static OverrideValue encode(InstanceOverride override) {
        OverrideValue.Builder value =
                OverrideValue.newBuilder().addAllMetadata(InstanceCodec.encode(override.metadata()));
        override.enabled().ifPresent(value::setEnabled);
        override.weight().ifPresent(value::setWeight);
        return value.build();
    }

    /** The settings that were written. */
    public static ServiceSettings decode(SettingsValue value) {
        return new ServiceSettings(
                value.getProtectionThreshold(),
                InstanceCodec.decode(value.getMetadataList()),
                TypedMetadata.of(value.getTyped().toByteArray()),
                decode(value.getGuard()));
    }

    /** The override that was written. */
    public static InstanceOverride decode(OverrideValue value) {
        return new InstanceOverride(
                value.hasEnabled() ? Optional.of(value.getEnabled()) : Optional.empty(),
                value.hasWeight() ? OptionalDouble.of(value.getWeight()) : OptionalDouble.empty(),
                InstanceCodec.decode(value.getMetadataList()));
    }
}
