package io.gemel.it.faults.history;

/**
 * One instance as an answer or a push showed it.
 *
 * @param key ip:port/cluster
 * @param value what the registering client wrote into it: a version of a persistent instance, the incarnation of an ephemeral one
 * @param revision the log index of its last write; 0 for an ephemeral one
 * @param ephemeral its kind
 */
public record Seen(String key, String value, long revision, boolean ephemeral) {}
