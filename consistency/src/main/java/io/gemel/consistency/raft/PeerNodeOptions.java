package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.option.NodeOptions;

/**
 * JRaft's options of a node, plus who its peers are and what passes between them.
 *
 * <p>JRaft makes its RPC client through a factory that is one per process, but hands the node's options to
 * {@code RpcClient.init}. Carrying the peers here lets each node have its own without a static registry.
 */
final class PeerNodeOptions extends NodeOptions {
    private final RaftPeers peers;
    private final ElectionGate gate;

    PeerNodeOptions(RaftPeers peers, ElectionGate gate) {
        this.peers = peers;
        this.gate = gate;
    }

    RaftPeers peers() {
        return peers;
    }

    ElectionGate gate() {
        return gate;
    }
}
