package io.gemel.it.wrong.consistency;

import com.alipay.sofa.jraft.Node;

/** Wrong: the answer waits for as long as JRaft connects to a peer that is gone. */
record ConsistencyAsksJRaftWhoLeads(boolean leads) {
    ConsistencyAsksJRaftWhoLeads(Node node) {
        this(node.isLeader());
    }
}
