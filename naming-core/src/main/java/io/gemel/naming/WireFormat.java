package io.gemel.naming;

/**
 * How a door writes a {@link ServiceView} on the wire. Compared by identity: a door holds one.
 *
 * @param <T> an immutable encoded form, safe to share between threads
 */
public interface WireFormat<T> {
    /** Encodes {@code view}. Must depend on the view alone. */
    T encode(ServiceView view);
}
