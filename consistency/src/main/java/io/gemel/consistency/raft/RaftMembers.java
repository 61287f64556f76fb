package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import io.gemel.consistency.raft.ConfigurationStep.Configured;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * JRaft's configuration of the group, by node ids. Every method may wait for JRaft's lock, which is held while peers are
 * connected to: not for the naming loop. Thread-safe.
 */
final class RaftMembers {
    private final Node node;

    RaftMembers(Node node) {
        this.node = node;
    }

    /** As this node, the leader, has it; empty if it does not lead. */
    Optional<Configured> configured() {
        try {
            return Optional.of(
                    new Configured(ids(node.listPeers()), ids(node.listLearners()), ids(node.listAlivePeers())));
        } catch (IllegalStateException notLeader) {
            return Optional.empty();
        }
    }

    private static Set<String> ids(Collection<PeerId> peers) {
        return peers.stream().map(PeerId::getIp).collect(Collectors.toUnmodifiableSet());
    }

    /** Done when the change is agreed, or refused by JRaft for a reason that the status names. */
    CompletableFuture<Status> addLearner(String id) {
        CompletableFuture<Status> done = new CompletableFuture<>();
        node.addLearners(List.of(RaftPeers.peerId(id)), done::complete);
        return done;
    }

    CompletableFuture<Status> removeLearner(String id) {
        CompletableFuture<Status> done = new CompletableFuture<>();
        node.removeLearners(List.of(RaftPeers.peerId(id)), done::complete);
        return done;
    }

    CompletableFuture<Status> addVoter(String id) {
        CompletableFuture<Status> done = new CompletableFuture<>();
        node.addPeer(RaftPeers.peerId(id), done::complete);
        return done;
    }

    CompletableFuture<Status> removeVoter(String id) {
        CompletableFuture<Status> done = new CompletableFuture<>();
        node.removePeer(RaftPeers.peerId(id), done::complete);
        return done;
    }

    /** Asks {@code id} to lead instead of this node. */
    Status handOver(String id) {
        return node.transferLeadershipTo(RaftPeers.peerId(id));
    }

    /** From now on {@code voters} are the whole group, whatever the others say. */
    Status reset(Set<String> voters) {
        Configuration configuration = new Configuration();
        voters.forEach(id -> configuration.addPeer(RaftPeers.peerId(id)));
        return node.resetPeers(configuration);
    }
}
