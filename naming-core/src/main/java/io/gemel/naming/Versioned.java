package io.gemel.naming;

/**
 * A value as the Raft log made it.
 *
 * @param revision the log index of the write, which a later write can name as its {@link Precondition}
 */
public record Versioned<T>(T value, long revision) {}
