package io.gemel.naming;

/** A monotonic clock. Liveness and ordering read no other (I8). */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since some fixed point; only differences mean anything. */
    long nanos();
}
