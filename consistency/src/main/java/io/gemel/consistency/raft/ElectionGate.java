package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowResponse;
import com.google.protobuf.Message;
import java.util.Optional;

/**
 * Stands between JRaft and its peers while {@link Admission} keeps this member from elections, or {@link DiskGuard} from taking
 * more: JRaft itself does not know of either. Thread-safe.
 */
final class ElectionGate {
    private final Admission admission;
    private final DiskGuard disk;

    ElectionGate(Admission admission, DiskGuard disk) {
        this.admission = admission;
        this.disk = disk;
    }

    /** What is answered to a peer in JRaft's stead; empty if JRaft is to answer. */
    Optional<Message> answer(Message request) {
        if (request instanceof RequestVoteRequest vote && !admission.votes(vote.getTerm())) {
            return Optional.of(noVote());
        }
        if (request instanceof AppendEntriesRequest entries && !admission.accepts(entries.getTerm())) {
            return Optional.of(AppendEntriesResponse.newBuilder()
                    .setTerm(admission.termLeast())
                    .setSuccess(false)
                    .setLastLogIndex(0)
                    .build());
        }
        if (request instanceof InstallSnapshotRequest snapshot && !admission.accepts(snapshot.getTerm())) {
            return Optional.of(InstallSnapshotResponse.newBuilder()
                    .setTerm(admission.termLeast())
                    .setSuccess(false)
                    .build());
        }
        if (request instanceof TimeoutNowRequest now && !admission.stands()) {
            return Optional.of(TimeoutNowResponse.newBuilder()
                    .setTerm(now.getTerm())
                    .setSuccess(false)
                    .build());
        }
        return disk.answer(request);
    }

    /** What JRaft is told instead of asking its peers; empty if it may ask them. */
    Optional<Message> insteadOfAsking(Object request) {
        return request instanceof RequestVoteRequest && !admission.stands() ? Optional.of(noVote()) : Optional.empty();
    }

    /** Of the lowest term, which moves nobody. */
    private static RequestVoteResponse noVote() {
        return RequestVoteResponse.newBuilder().setTerm(0).setGranted(false).build();
    }
}
