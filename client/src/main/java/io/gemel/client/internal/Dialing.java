package io.gemel.client.internal;

import io.gemel.naming.InstanceKey;
import java.io.IOException;
import java.util.Optional;

/** A connection that is being made. Its owner has to close it. Not thread-safe. */
interface Dialing extends AutoCloseable {
    /** Makes connections without waiting for them. */
    @FunctionalInterface
    interface Dialer {
        /**
         * Begins.
         *
         * @throws IOException if not even the attempt could be made, which says nothing about who is called
         */
        Dialing dial(InstanceKey key) throws IOException;
    }

    /** Whether the connection was made; empty if that is still open. */
    Optional<Boolean> outcome();

    @Override
    void close();
}
