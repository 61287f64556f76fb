package io.gemel.typed;

import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Selectors;
import io.gemel.naming.ServiceId;
import io.gemel.naming.TypedMetadata;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the {@link Selector} in typed metadata. One that this server cannot read, as its plug-in may be missing here, leaves nothing out here. */
public final class TypedSelectors implements Selectors {
    private static final Logger LOG = LoggerFactory.getLogger(TypedSelectors.class);

    private final TypedCodec codec;

    /** Reads by {@code codec}. */
    public TypedSelectors(TypedCodec codec) {
        this.codec = codec;
    }

    @Override
    public Optional<Predicate<Instance>> find(ServiceId service, TypedMetadata typed) {
        try {
            return codec.decode(typed.bytes()).stream()
                    .filter(Selector.class::isInstance)
                    .map(Selector.class::cast)
                    .findFirst()
                    .map(selector -> selector::selects);
        } catch (RegistryException unreadable) {
            LOG.warn("selector not applied by this node service={} cause={}", service, unreadable.getMessage());
            return Optional.empty();
        }
    }
}
