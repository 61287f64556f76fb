package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.core.State;
import io.gemel.consistency.cluster.Members;

/** What a node is in its group, in the words that {@code NodeStatus.Raft} has for it. */
final class RaftRole {
    private RaftRole() {}

    /** Who was elected leads once the first entry of its term is committed: from then on {@code known} names it and that term. */
    static String of(State state, Leadership.Known known, Members members) {
        String self = members.self().id();
        return switch (state) {
            case STATE_LEADER, STATE_TRANSFERRING -> known.leader().equals(self) ? "leader" : "candidate";
            case STATE_CANDIDATE -> "candidate";
            case STATE_FOLLOWER -> members.votes(self) ? "follower" : "learner";
            case STATE_ERROR, STATE_UNINITIALIZED, STATE_SHUTTING, STATE_SHUTDOWN, STATE_END -> "stopped";
        };
    }
}
