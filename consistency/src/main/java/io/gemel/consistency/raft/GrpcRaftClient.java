package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcUtils;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's way out to its peers, over {@link RaftLinks}.
 *
 * <p>Answers leave gRPC's threads at once for the executor JRaft names, because JRaft takes locks in them.
 */
final class GrpcRaftClient implements RpcClient {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcRaftClient.class);

    private volatile @Nullable RaftLinks links;
    private volatile @Nullable ElectionGate gate;
    private volatile @Nullable ReplicatorGroup replicators;

    @Override
    public boolean init(RpcOptions options) {
        if (!(options instanceof PeerNodeOptions own)) {
            throw new IllegalArgumentException("options: " + options.getClass() + " (expected: PeerNodeOptions)");
        }
        links = own.links();
        gate = own.gate();
        own.links().watch(new RaftLinks.Watcher() {
            @Override
            public void ready(String peer) {
                connected(peer);
            }
        });
        return true;
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        RaftLinks known = links;
        return known != null && known.ready(endpoint.getIp());
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        if (!createIfAbsent) {
            return checkConnection(endpoint);
        }
        Optional<PeerLink> link = link(endpoint.getIp());
        link.ifPresent(PeerLink::connect);
        return link.isPresent() && link.get().ready();
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        RaftLinks known = links;
        if (known != null) {
            known.close(endpoint.getIp());
        }
    }

    @Override
    public void registerConnectEventListener(ReplicatorGroup replicatorGroup) {
        replicators = replicatorGroup;
    }

    @Override
    public Object invokeSync(Endpoint endpoint, Object request, @Nullable InvokeContext context, long timeoutMillis)
            throws InterruptedException, RemotingException {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        InvokeCallback callback = new InvokeCallback() {
            @Override
            public void complete(@Nullable Object result, @Nullable Throwable failure) {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    answer.complete(result);
                }
            }

            @Override
            public Executor executor() {
                return Runnable::run;
            }
        };
        invokeAsync(endpoint, request, context, callback, timeoutMillis);
        try {
            // The call itself ends by its deadline; the slack only covers a machine that is slow to notice.
            return answer.get(timeoutMillis + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RemotingException known ? known : new RemotingException(e.getCause());
        } catch (TimeoutException e) {
            throw new InvokeTimeoutException(e);
        }
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint,
            Object request,
            @Nullable InvokeContext context,
            InvokeCallback callback,
            long timeoutMillis)
            throws RemotingException {
        ElectionGate known = gate;
        Optional<Message> instead = known == null ? Optional.empty() : known.insteadOfAsking(request);
        if (instead.isPresent()) {
            callback.executor().execute(() -> callback.complete(instead.get(), null));
            return;
        }
        PeerLink link = link(endpoint.getIp())
                .orElseThrow(
                        () -> new RemotingException("not a member, or this node is stopping: " + endpoint.getIp()));
        boolean installs = request instanceof InstallSnapshotRequest;
        if (installs) {
            link.installing();
        }
        link.call((Message) request, timeoutMillis, new Answer(link, installs, callback));
    }

    @Override
    public void shutdown() {
        RaftLinks known = links;
        if (known != null) {
            known.close();
        }
    }

    private Optional<PeerLink> link(String peer) {
        return Optional.ofNullable(links).flatMap(known -> known.find(peer));
    }

    /** A leader whose replicator gave up on an unreachable peer starts it again as soon as the peer is back. */
    private void connected(String peer) {
        ReplicatorGroup group = replicators;
        if (group != null) {
            var unused = RpcUtils.runInThread(() -> group.checkReplicator(RaftPeers.peerId(peer), true));
        }
    }

    /** Takes one answer from gRPC to JRaft. */
    private static final class Answer implements StreamObserver<Message> {
        private final PeerLink link;
        private final boolean installs;
        private final InvokeCallback callback;
        private @Nullable Message message;

        Answer(PeerLink link, boolean installs, InvokeCallback callback) {
            this.link = link;
            this.installs = installs;
            this.callback = callback;
        }

        @Override
        public void onNext(Message value) {
            message = value;
        }

        @Override
        public void onCompleted() {
            link.answered();
            handOver(message, null);
        }

        @Override
        public void onError(Throwable failure) {
            boolean late = Status.fromThrowable(failure).getCode() == Status.Code.DEADLINE_EXCEEDED;
            if (late) {
                link.timedOut();
            }
            handOver(null, late ? new InvokeTimeoutException(failure) : new RemotingException(failure));
        }

        private void handOver(@Nullable Message result, @Nullable Throwable failure) {
            if (installs) {
                link.installed();
            }
            try {
                callback.executor().execute(() -> callback.complete(result, failure));
            } catch (RejectedExecutionException e) {
                LOG.debug("raft answer dropped, its executor is closed", e);
            }
        }
    }
}
