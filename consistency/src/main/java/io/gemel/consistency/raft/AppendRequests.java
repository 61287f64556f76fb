package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.rpc.RaftServerService;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.impl.core.NodeRequestProcessor;
import com.google.protobuf.Message;
import java.util.concurrent.Executor;

/**
 * Serves the entries and heartbeats of a leader, in the order in which {@link RaftPortServer} hands them over.
 *
 * <p>JRaft's own processor numbers the answers of a connection, for a transport that needs them in order, and gives each peer a
 * thread, for whose end it waits under a lock when a connection closes: for seconds, on the thread that then reads no other
 * connection. With gRPC each call has its own answer, so none of that is needed.
 */
final class AppendRequests extends NodeRequestProcessor<AppendEntriesRequest> {
    AppendRequests(Executor workers) {
        super(workers, AppendEntriesResponse.getDefaultInstance());
    }

    @Override
    protected Message processRequest0(
            RaftServerService service, AppendEntriesRequest request, RpcRequestClosure answered) {
        return service.handleAppendEntriesRequest(request, answered);
    }

    @Override
    protected String getPeerId(AppendEntriesRequest request) {
        return request.getPeerId();
    }

    @Override
    protected String getGroupId(AppendEntriesRequest request) {
        return request.getGroupId();
    }

    @Override
    public String interest() {
        return AppendEntriesRequest.class.getName();
    }
}
