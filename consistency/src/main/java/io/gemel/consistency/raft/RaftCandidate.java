package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RaftServerService;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.google.protobuf.Message;
import io.gemel.consistency.raft.PeerLink.Sign;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node as a candidate: what it sees of its peers, and how JRaft is told to stand for election now. */
final class RaftCandidate implements EarlyElection.Candidate {
    private static final Logger LOG = LoggerFactory.getLogger(RaftCandidate.class);

    private final RaftPeers peers;
    private final Contact contact;
    private final Kept kept;
    private final Node node;

    /**
     * The ways between this node and its peers.
     *
     * @param patience how long an answer is waited for
     * @param own runs one task after the other, and may wait
     */
    record Contact(RaftLinks links, RaftPortServer port, Duration patience, Executor own) {}

    /** What keeps this node from standing. */
    record Kept(RaftFiles files, ElectionGate gate, DiskGuard disk) {}

    RaftCandidate(RaftPeers peers, Contact contact, Kept kept, Node node) {
        this.peers = peers;
        this.contact = contact;
        this.kept = kept;
        this.node = node;
    }

    @Override
    public void execute(Runnable task) {
        try {
            contact.own().execute(task);
        } catch (RejectedExecutionException closing) {
            // this node stands for nothing any more
        }
    }

    @Override
    public void greet(String peer) {
        var unused = ask(peer);
    }

    @Override
    public CompletableFuture<Sign> ask(String peer) {
        return contact.links()
                .find(peer)
                .map(link -> link.ask(contact.patience().toMillis()))
                .orElseGet(() -> CompletableFuture.completedFuture(Sign.NONE));
    }

    @Override
    public boolean reaches(String peer) {
        return contact.links().ready(peer);
    }

    @Override
    public boolean hears(String peer) {
        return contact.port().hears(peer);
    }

    @Override
    public VoteFile.Vote vote() {
        return kept.files().vote();
    }

    /**
     * Goes the way of a leader's request to take over: JRaft looks, under its lock, whether this node still follows in that term. It
     * also sends the vote requests there, and waits for the vote to be on disk.
     */
    @Override
    public void stand(long term, String gone) {
        TimeoutNowRequest now = TimeoutNowRequest.newBuilder()
                .setGroupId(node.getGroupId())
                .setServerId(RaftPeers.peerId(gone).toString())
                .setPeerId(RaftPeers.peerId(peers.self()).toString())
                .setTerm(term)
                .build();
        if (kept.disk().refusal().isPresent() || kept.gate().answer(now).isPresent()) {
            return;
        }
        LOG.info(
                "leader gone, standing for election term={} leader={} refused={}",
                term + 1,
                gone,
                peers.address(gone)
                        .map(address -> address.getHostString() + ":" + address.getPort())
                        .orElse(""));
        @Nullable
        Message unused = ((RaftServerService) node).handleTimeoutNowRequest(now, new RpcRequestClosure(NOBODY));
    }

    /** Nobody waits for the answer. */
    private static final RpcContext NOBODY = new RpcContext() {
        @Override
        public void sendResponse(Object response) {
            // what comes of it is seen by who leads
        }

        @Override
        public @Nullable Connection getConnection() {
            return null;
        }

        @Override
        public String getRemoteAddress() {
            return "this node";
        }
    };
}
