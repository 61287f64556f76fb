package io.gemel.naming;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What all origins publish at one address of a service. Nearly always that is one claim, which then stands for itself. Immutable. */
sealed interface Claims permits Claim, Claims.Several {
    /** Two or more, which have one address. */
    record Several(List<Claim> all) implements Claims {
        @Override
        public InstanceKey key() {
            return all.get(0).key();
        }
    }

    /** The address. */
    InstanceKey key();

    /** The claims to it; at least one. */
    List<Claim> all();

    /** {@code all}, which have one address; null if there are none. */
    static @Nullable Claims of(List<Claim> all) {
        return switch (all.size()) {
            case 0 -> null;
            case 1 -> all.get(0);
            default -> new Several(List.copyOf(all));
        };
    }
}
