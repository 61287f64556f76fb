package io.gemel.naming;

/** How long an instance outlives the connection that registered it. */
public enum Durability {
    /** As long as its client's session. Replicated by Distro. */
    EPHEMERAL,
    /** Until someone deregisters it. Replicated by Raft. */
    PERSISTENT
}
