package io.gemel.consistency.raft;

import io.gemel.naming.RegistryException;
import io.gemel.naming.Written;
import java.util.Optional;

/**
 * What the log made of a committed command; the same on every node.
 *
 * @param index of its entry
 * @param conflict why its precondition did not hold and nothing was done; empty if it was carried out
 */
record Decided(long index, Optional<String> conflict) {
    /** The acknowledgement; throws {@link RegistryException} with {@code REVISION_CONFLICT} if nothing was done. */
    Written written() {
        conflict.ifPresent(cause -> {
            throw new RegistryException(RegistryException.Code.REVISION_CONFLICT, cause);
        });
        return new Written(index);
    }
}
