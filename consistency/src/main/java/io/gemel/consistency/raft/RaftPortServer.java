package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.impl.PingRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.GetFileRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.InstallSnapshotRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.ReadIndexRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.RequestVoteRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.TimeoutNowRequestProcessor;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Message;
import io.gemel.consistency.cluster.StreamedMethod;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Raft port: answers JRaft's calls, for members of this cluster only.
 *
 * <p>gRPC's threads only decode and hand over; what JRaft does with a request may take locks and disk time and runs on
 * {@code workers}, append requests of one connection one after the other.
 */
final class RaftPortServer {
    /** JRaft packs at most 512 KiB and one more entry into a request; entries are bounded when proposed. */
    static final int MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

    private static final int METADATA_BYTES_MAX = 8 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(RaftPortServer.class);
    private static final Attributes.Key<PeerConnection> CONNECTION = Attributes.Key.create("raft-connection");

    private final RaftPeers peers;
    private final ElectionGate gate;
    private final AppendRequests append;
    private final Executor workers;
    private final Consumer<String> met;
    private final Set<PeerConnection> connections = ConcurrentHashMap.newKeySet();
    private final Server server;

    /** {@code met} is told, by one of {@code workers}, of a member that calls for the first time on a connection. */
    RaftPortServer(RaftPeers peers, ElectionGate gate, InetSocketAddress bind, Executor workers, Consumer<String> met) {
        this.peers = peers;
        this.gate = gate;
        this.workers = workers;
        this.met = met;
        this.append = new AppendRequests(workers);
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(RaftCalls.SERVICE);
        List.of(
                        append,
                        new GetFileRequestProcessor(workers),
                        new InstallSnapshotRequestProcessor(workers),
                        new RequestVoteRequestProcessor(workers),
                        new ReadIndexRequestProcessor(workers),
                        new TimeoutNowRequestProcessor(workers),
                        new PingRequestProcessor(Runnable::run))
                .forEach(processor -> serve(processor, service));
        List.of(RaftCalls.ENTRIES, RaftCalls.HEARTBEATS).forEach(method -> stream(method, service));
        this.server = NettyServerBuilder.forAddress(bind, InsecureServerCredentials.create())
                .directExecutor()
                .addService(service.build())
                .addTransportFilter(new Connections())
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .maxInboundMetadataSize(METADATA_BYTES_MAX)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(10, TimeUnit.SECONDS) // a peer whose host went down leaves no connection behind
                .keepAliveTimeout(3, TimeUnit.SECONDS)
                .maxRstFramesPerWindow(200, 30)
                .handshakeTimeout(5, TimeUnit.SECONDS)
                .build();
    }

    /** Binds the port; throws {@link IOException} if it is taken. */
    void start() throws IOException {
        server.start();
    }

    void close() {
        server.shutdownNow();
    }

    /** Whether the member {@code node} has a connection to this port, over which it has called. */
    boolean hears(String node) {
        return connections.stream().anyMatch(connection -> connection.peer.equals(node));
    }

    private <T> void serve(RpcProcessor<T> processor, ServerServiceDefinition.Builder service) {
        service.addMethod(RaftCalls.method(processor.interest()), new ServerCallHandler<>() {
            @Override
            public ServerCall.Listener<Message> startCall(ServerCall<Message, Message> call, Metadata headers) {
                Optional<Caller> caller = admit(call, headers);
                return caller.isEmpty()
                        ? new ServerCall.Listener<>() {}
                        : ServerCalls.asyncUnaryCall((Message request, StreamObserver<Message> answer) -> {
                                    // Without a handler, answering a call that the peer gave up would throw into JRaft.
                                    ((ServerCallStreamObserver<?>) answer).setOnCancelHandler(() -> {});
                                    dispatch(processor, request, new Reply(answer, caller.get().connection));
                                })
                                .startCall(call, headers);
            }
        });
    }

    private void stream(StreamedMethod<Message, Message> method, ServerServiceDefinition.Builder service) {
        service.addMethod(method.serve((call, headers) -> admit(call, headers).map(caller -> (request, answer) -> {
            if (peers.admits(caller.cluster, caller.node)) { // or no more
                meet(caller.connection, caller.node);
                dispatch(append, request, new Reply(answer, caller.connection));
            } else {
                answer.onError(stranger(caller.cluster, caller.node).asRuntimeException());
            }
        })));
    }

    /** Who makes {@code call}; empty, and the call is refused, if no member does. */
    private Optional<Caller> admit(ServerCall<?, ?> call, Metadata headers) {
        String cluster = String.valueOf(headers.get(RaftCalls.CLUSTER));
        String node = String.valueOf(headers.get(RaftCalls.NODE));
        PeerConnection connection = call.getAttributes().get(CONNECTION);
        if (connection == null || !peers.admits(cluster, node)) {
            refuse(call, connection, cluster, node);
            return Optional.empty();
        }
        meet(connection, node);
        return Optional.of(new Caller(connection, cluster, node));
    }

    private void meet(PeerConnection connection, String node) {
        if (!connection.peer.isEmpty()) {
            return;
        }
        connection.peer = node;
        try {
            workers.execute(() -> met.accept(node));
        } catch (RejectedExecutionException stopping) {
            // or too much at once: then some other call meets it
            connection.peer = "";
        }
    }

    private void refuse(ServerCall<?, ?> call, @Nullable PeerConnection connection, String cluster, String node) {
        if (connection != null && connection.firstRefusal()) {
            LOG.warn(
                    "raft call refused from={} cluster={} node={} (expected: a member of cluster {})",
                    connection.remote,
                    cluster,
                    node,
                    peers.cluster());
        }
        call.close(stranger(cluster, node), new Metadata());
    }

    private Status stranger(String cluster, String node) {
        return Status.PERMISSION_DENIED.withDescription("node " + node + " of cluster " + cluster
                + " is not a member of cluster " + peers.cluster() + "; check cluster-name and members");
    }

    @SuppressWarnings("unchecked") // the method's marshaller makes what the processor named as its interest
    private <T> void dispatch(RpcProcessor<T> processor, Message request, Reply reply) {
        Optional<Message> answer = gate.answer(request);
        if (answer.isPresent()) {
            reply.sendResponse(answer.get());
            return;
        }
        Executor executor = processor == append ? reply.connection.inOrder : processor.executor();
        try {
            executor.execute(() -> processor.handleRequest(reply, (T) request));
        } catch (RejectedExecutionException e) {
            reply.answer.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("too many raft calls at once, or the node is stopping")
                    .withCause(e)
                    .asRuntimeException());
        }
    }

    /** Who calls. */
    private record Caller(PeerConnection connection, String cluster, String node) {}

    /** Gives each connection what the calls on it share. */
    private final class Connections extends ServerTransportFilter {
        @Override
        public Attributes transportReady(Attributes attributes) {
            String remote = String.valueOf(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
            PeerConnection connection = new PeerConnection(remote, MoreExecutors.newSequentialExecutor(workers));
            connections.add(connection);
            return attributes.toBuilder().set(CONNECTION, connection).build();
        }

        @Override
        public void transportTerminated(@Nullable Attributes attributes) {
            PeerConnection connection = attributes == null ? null : attributes.get(CONNECTION);
            if (connection != null) {
                connections.remove(connection);
            }
        }
    }

    /** Where JRaft sends the answer of one call. */
    private static final class Reply implements RpcContext {
        private final StreamObserver<Message> answer;
        private final PeerConnection connection;

        Reply(StreamObserver<Message> answer, PeerConnection connection) {
            this.answer = answer;
            this.connection = connection;
        }

        @Override
        public void sendResponse(Object response) {
            answer.onNext((Message) response);
            answer.onCompleted();
        }

        @Override
        public Connection getConnection() {
            return connection;
        }

        @Override
        public String getRemoteAddress() {
            return connection.remote;
        }
    }

    /** One connection from a peer, with what JRaft attaches to it. */
    private static final class PeerConnection implements Connection {
        private final String remote;
        private final Executor inOrder;
        private final Map<String, Object> attached = new ConcurrentHashMap<>();
        private volatile String peer = ""; // its id, once it has called

        PeerConnection(String remote, Executor inOrder) {
            this.remote = remote;
            this.inOrder = inOrder;
        }

        boolean firstRefusal() {
            return attached.putIfAbsent("refused", true) == null;
        }

        @Override
        public @Nullable Object getAttribute(String key) {
            return attached.get(key);
        }

        @Override
        public void setAttribute(String key, Object value) {
            attached.put(key, value);
        }

        @Override
        public @Nullable Object setAttributeIfAbsent(String key, Object value) {
            return attached.putIfAbsent(key, value);
        }

        @Override
        public void close() {
            // gRPC closes connections by itself; JRaft only asks when a peer leaves too many answers unread.
        }
    }
}
