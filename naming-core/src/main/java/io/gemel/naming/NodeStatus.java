package io.gemel.naming;

import java.util.List;

/**
 * What a node says of itself and of what it sees of its peers.
 *
 * @param nodeId this node
 * @param cluster the cluster's name
 * @param version the server's version
 * @param ready whether it answers queries
 * @param reason why it is not ready, or in which restricted way it runs; empty if all is well
 * @param members every member, this node included
 * @param raft the persistent side
 * @param origins the ephemeral side: each node's origin as this node holds it
 * @param services how many services have instances
 * @param instances how many instances are listed
 * @param sessions how many client sessions this node holds
 * @param guard what it holds back of what was lost together
 */
public record NodeStatus(
        String nodeId,
        String cluster,
        String version,
        boolean ready,
        String reason,
        List<Member> members,
        Raft raft,
        List<Origin> origins,
        long services,
        long instances,
        long sessions,
        Guard guard) {
    /** Where a node looks for this information. */
    @FunctionalInterface
    public interface Source {
        /** The status now. Any thread. */
        NodeStatus status();
    }

    /**
     * A member of the cluster as one node sees it.
     *
     * @param clientAddress host:port of its client door
     * @param state self, alive, suspect, down or unknown
     * @param standing voter, learner or leaving; empty if the node is of a version that does not tell
     */
    public record Member(String id, String clientAddress, String state, String standing) {}

    /**
     * The Raft side of a node.
     *
     * @param role leader, follower, candidate, learner or stopped; leader from the moment it can serve, of {@code term}
     * @param leader the node id of the leader of {@code term}; empty if none is known
     * @param stateHash of the persistent state at {@code appliedIndex}, as hexadecimal digits; equal on nodes with equal index
     */
    public record Raft(String role, String leader, long term, long logIndex, long appliedIndex, String stateHash) {}

    /**
     * What a node holds back by {@link LossGuard}. Others show the same instances and do not count them here.
     *
     * @param suspects how many instances it holds as suspect now
     * @param heldBack how many it has held since it started
     * @param wouldHaveHeld how many it would have held, but for a dry run
     */
    public record Guard(long suspects, long heldBack, long wouldHaveHeld) {
        /** Nothing was held back. */
        public static final Guard NONE = new Guard(0, 0, 0);
    }

    /**
     * A Distro origin as one node holds it.
     *
     * @param node the only writer of the origin
     * @param incarnation counts the starts of that node
     * @param sequence the last change that this node has of it
     * @param digest of its content, as hexadecimal digits; equal on nodes with equal sequence
     * @param entries how many publications and sessions it holds
     * @param state own, live, suspect, orphaned or syncing
     */
    public record Origin(String node, long incarnation, long sequence, String digest, long entries, String state) {}
}
