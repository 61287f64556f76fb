package io.gemel.naming;

/**
 * The acknowledgement of a write.
 *
 * @param revision of a persistent write the Raft log index; of an ephemeral one the sequence number in this node's
 *     Distro origin
 */
public record Written(long revision) {}
