package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.option.NodeOptions;

/**
 * JRaft's options of a node, plus the way to its peers and what passes there.
 *
 * <p>JRaft makes its RPC client through a factory that is one per process, but hands the node's options to
 * {@code RpcClient.init}. Carrying the links here lets each node have its own without a static registry.
 */
final class PeerNodeOptions extends NodeOptions {
    private final RaftLinks links;
    private final ElectionGate gate;

    PeerNodeOptions(RaftLinks links, ElectionGate gate) {
        this.links = links;
        this.gate = gate;
    }

    RaftLinks links() {
        return links;
    }

    ElectionGate gate() {
        return gate;
    }
}
