package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.Endpoint;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who takes part in the Raft group, as seen from one node.
 *
 * <p>Raft knows a node by its id, never by its address: JRaft's {@link Endpoint} carries the id as its host. Only when
 * a connection is made is the id looked up here, so that a node may move to another address and stay who it is.
 *
 * @param cluster the cluster's name; peers of another cluster are refused
 * @param self this node's id
 * @param addresses the Raft address of a member; empty for who is not a member. Called from any thread
 */
record RaftPeers(String cluster, String self, Function<String, Optional<InetSocketAddress>> addresses) {
    /** JRaft wants a port in an identity. It means nothing here, but must never change: the log holds it. */
    private static final int PORT_IN_IDENTITY = 1;

    /** How JRaft names the node {@code id}. */
    static PeerId peerId(String id) {
        return new PeerId(id, PORT_IN_IDENTITY);
    }

    /** The Raft address of {@code id}, or empty if it is not a member. */
    Optional<InetSocketAddress> address(String id) {
        return addresses.apply(id);
    }

    /** Whether a call that says it is of {@code claimedCluster} and from {@code id} may be answered. */
    boolean admits(String claimedCluster, String id) {
        return cluster.equals(claimedCluster) && address(id).isPresent();
    }
}
