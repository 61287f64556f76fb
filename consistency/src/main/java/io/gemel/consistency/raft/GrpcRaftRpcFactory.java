package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcResponseFactory;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import org.jspecify.annotations.Nullable;

/** Lets JRaft speak through gRPC. Public only because JRaft's service loader makes it; holds no state. */
public final class GrpcRaftRpcFactory implements RaftRpcFactory {
    /** For JRaft's service loader. */
    public GrpcRaftRpcFactory() {}

    @Override
    public void registerProtobufSerializer(String className, Object... args) {
        // Nothing to register: RaftCalls lists all messages that travel.
    }

    @Override
    public RpcClient createRpcClient(@Nullable ConfigHelper<RpcClient> helper) {
        RpcClient client = new GrpcRaftClient();
        if (helper != null) {
            helper.config(client);
        }
        return client;
    }

    @Override
    public RpcResponseFactory getRpcResponseFactory() {
        return RaftErrors.INSTANCE;
    }

    @Override
    public RpcServer createRpcServer(Endpoint endpoint, @Nullable ConfigHelper<RpcServer> helper) {
        throw new UnsupportedOperationException("RaftPortServer serves the Raft port; it is built by RaftGroup");
    }
}
