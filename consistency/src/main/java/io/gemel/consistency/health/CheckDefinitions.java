package io.gemel.consistency.health;

import io.gemel.naming.OperatorState;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.TypedMetadata;
import io.gemel.naming.Versioned;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.TypedCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which check a service's settings ask for, decoded once for each change of them. Confined to the loop of the checks. */
final class CheckDefinitions {
    private static final Logger LOG = LoggerFactory.getLogger(CheckDefinitions.class);
    private static final HealthCheck NONE = new HealthCheck.None();

    private final TypedCodec codec;
    private final Map<ServiceId, Known> known = new HashMap<>();

    CheckDefinitions(TypedCodec codec) {
        this.codec = codec;
    }

    private record Known(TypedMetadata typed, Optional<HealthCheck> check) {}

    /** The check of {@code service}, {@link HealthCheck.None} for none; empty if this node cannot read it, as its plug-in may be missing here. */
    Optional<HealthCheck> of(ServiceId service, OperatorState state) {
        TypedMetadata typed = state.settings()
                .map(Versioned::value)
                .map(settings -> settings.typed())
                .orElse(TypedMetadata.NONE);
        if (typed.isEmpty()) {
            known.remove(service);
            return Optional.of(NONE);
        }
        Known before = known.get(service);
        if (before == null || !before.typed().equals(typed)) {
            before = new Known(typed, read(service, typed));
            known.put(service, before);
        }
        return before.check();
    }

    private Optional<HealthCheck> read(ServiceId service, TypedMetadata typed) {
        try {
            return Optional.of(codec.decode(typed.bytes()).stream()
                    .filter(HealthCheck.class::isInstance)
                    .map(HealthCheck.class::cast)
                    .findFirst()
                    .orElse(NONE));
        } catch (RegistryException unreadable) {
            LOG.warn("not checked by this node service={} cause={}", service, unreadable.getMessage());
            return Optional.empty();
        }
    }
}
