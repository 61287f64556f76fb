package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.option.NodeOptions;

/**
 * JRaft's options of a node, plus who its peers are.
 *
 * <p>JRaft makes its RPC client through a factory that is one per process, but hands the node's options to
 * {@code RpcClient.init}. Carrying the peers here lets each node have its own without a static registry.
 */
final class PeerNodeOptions extends NodeOptions {
    private final RaftPeers peers;

    PeerNodeOptions(RaftPeers peers) {
        this.peers = peers;
    }

    RaftPeers peers() {
        return peers;
    }
}
