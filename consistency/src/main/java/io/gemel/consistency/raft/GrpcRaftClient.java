package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcUtils;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.Message;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's way out to its peers: one {@link PeerLink} per peer, made on first use and again when the peer's address
 * changes.
 *
 * <p>Answers leave gRPC's threads at once for the executor JRaft names, because JRaft takes locks in them.
 */
final class GrpcRaftClient implements RpcClient {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcRaftClient.class);

    private final ConcurrentMap<String, PeerLink> links = new ConcurrentHashMap<>();
    private volatile @Nullable RaftPeers peers;
    private volatile @Nullable ElectionGate gate;
    private volatile @Nullable ReplicatorGroup replicators;
    private volatile Duration connectTimeout = Duration.ofSeconds(1);
    private volatile boolean closed;

    @Override
    public boolean init(RpcOptions options) {
        if (!(options instanceof PeerNodeOptions own)) {
            throw new IllegalArgumentException("options: " + options.getClass() + " (expected: PeerNodeOptions)");
        }
        peers = own.peers();
        gate = own.gate();
        connectTimeout = Duration.ofMillis(own.getRpcConnectTimeoutMs());
        return true;
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        PeerLink link = links.get(endpoint.getIp());
        return link != null && link.ready();
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        if (!createIfAbsent) {
            return checkConnection(endpoint);
        }
        Optional<PeerLink> link = link(endpoint);
        link.ifPresent(PeerLink::connect);
        return link.isPresent() && link.get().ready();
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        PeerLink link = links.remove(endpoint.getIp());
        if (link != null) {
            link.close();
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
        PeerLink link = link(endpoint)
                .orElseThrow(
                        () -> new RemotingException("not a member, or this node is stopping: " + endpoint.getIp()));
        link.call(RaftCalls.method(request.getClass()), (Message) request, timeoutMillis, new Answer(link, callback));
    }

    @Override
    public void shutdown() {
        closed = true;
        links.keySet().forEach(id -> closeConnection(new Endpoint(id, 0)));
    }

    private Optional<PeerLink> link(Endpoint endpoint) {
        RaftPeers known = peers;
        if (known == null || closed) {
            return Optional.empty();
        }
        String id = endpoint.getIp();
        Optional<InetSocketAddress> address = known.address(id);
        if (address.isEmpty()) {
            closeConnection(endpoint);
            return Optional.empty();
        }
        PeerLink link = links.get(id);
        if (link != null && link.address().equals(address.get()) && !link.stalled()) {
            return Optional.of(link);
        }
        return Optional.of(replace(known, endpoint, link, address.get()));
    }

    private synchronized PeerLink replace(
            RaftPeers known, Endpoint endpoint, @Nullable PeerLink seen, InetSocketAddress address) {
        PeerLink current = links.get(endpoint.getIp());
        if (current != null && current != seen) {
            return current;
        }
        PeerLink fresh = new PeerLink(
                known, address, InsecureChannelCredentials.create(), connectTimeout, () -> connected(endpoint));
        links.put(endpoint.getIp(), fresh);
        if (current != null) {
            LOG.info("raft link replaced peer={} address={} stalled={}", endpoint.getIp(), address, current.stalled());
            current.close();
        }
        return fresh;
    }

    /** A leader whose replicator gave up on an unreachable peer starts it again as soon as the peer is back. */
    private void connected(Endpoint endpoint) {
        ReplicatorGroup group = replicators;
        if (group != null) {
            var unused = RpcUtils.runInThread(() -> group.checkReplicator(new PeerId(endpoint, 0), true));
        }
    }

    /** Takes one answer from gRPC to JRaft. */
    private static final class Answer implements StreamObserver<Message> {
        private final PeerLink link;
        private final InvokeCallback callback;
        private @Nullable Message message;

        Answer(PeerLink link, InvokeCallback callback) {
            this.link = link;
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
            try {
                callback.executor().execute(() -> callback.complete(result, failure));
            } catch (RejectedExecutionException e) {
                LOG.debug("raft answer dropped, its executor is closed", e);
            }
        }
    }
}
