package io.gemel.naming;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells from the typed metadata of a service which of its instances are to be used. The domain does not know how to read that.
 *
 * <p>A selector judges an instance as it is shown, with what operators set put over it, where a view is made: each change of the service
 * asks it once for each instance, and no reader does. While it selects none of the enabled instances it leaves none out, so that a mistyped
 * label takes no service down.
 */
@FunctionalInterface
public interface Selectors {
    /** Those of a server that applies none. */
    Selectors NONE = (service, typed) -> Optional.empty();

    /**
     * The selector in {@code typed}; empty if there is none, or if this server cannot read it. Asked in the naming loop, once for each
     * change of {@code typed}. What it answers must depend on the instance alone, must not block and must not throw.
     */
    Optional<Predicate<Instance>> find(ServiceId service, TypedMetadata typed);
}
