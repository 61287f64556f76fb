package io.gemel.bootstrap.cli;

import io.gemel.client.ServiceOperator;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.OperatorState;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.Versioned;
import io.gemel.naming.Written;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Changes a part of what operators set and leaves the rest: reads, changes, writes on the condition that nobody came between, and begins
 * again if somebody did. What is so already is not written.
 */
final class Amendment {
    private static final int ATTEMPTS_MAX = 10;

    private Amendment() {}

    /** Changes the settings of a service; what they are now. */
    static Versioned<ServiceSettings> ofService(
            ServiceOperator operator, ServiceId service, UnaryOperator<ServiceSettings> change) {
        return amend(
                () -> operator.describe(service, ReadLevel.LINEARIZABLE).state().settings(),
                before -> change.apply(before.orElse(ServiceSettings.NONE)),
                (after, precondition) -> operator.setService(service, after, precondition));
    }

    /** Changes the override for an address; what it is now. One that sets nothing any more is removed. */
    static Versioned<InstanceOverride> ofOverride(
            ServiceOperator operator, ServiceId service, InstanceKey key, UnaryOperator<InstanceOverride> change) {
        return amend(
                () -> operator.describe(service, ReadLevel.LINEARIZABLE)
                        .state()
                        .find(key)
                        .map(OperatorState.Overridden::override),
                before -> change.apply(before.orElse(InstanceOverride.NONE)),
                (after, precondition) -> after.isEmpty()
                        ? operator.clearOverride(service, key, precondition)
                        : operator.setOverride(service, key, after, precondition));
    }

    private static <T> Versioned<T> amend(
            Supplier<Optional<Versioned<T>>> read,
            Function<Optional<T>, T> change,
            BiFunction<T, Precondition, Written> write) {
        for (int attempt = 1; ; attempt++) {
            Optional<Versioned<T>> before = read.get();
            T after = change.apply(before.map(Versioned::value));
            long revision = before.map(Versioned::revision).orElse(0L);
            if (before.isPresent() && before.get().value().equals(after)) {
                return before.get();
            }
            try {
                return new Versioned<>(
                        after,
                        write.apply(after, Precondition.revision(revision)).revision());
            } catch (RegistryException refusal) {
                if (refusal.code() != Code.REVISION_CONFLICT || attempt == ATTEMPTS_MAX) {
                    throw refusal;
                }
            }
        }
    }
}
