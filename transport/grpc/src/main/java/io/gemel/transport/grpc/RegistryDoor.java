package io.gemel.transport.grpc;

import io.gemel.naming.Loop;
import io.gemel.naming.Naming;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.ServerMethods.Received;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.DeregisterRequest;
import io.gemel.transport.grpc.v1.FindRequest;
import io.gemel.transport.grpc.v1.ListServicesRequest;
import io.gemel.transport.grpc.v1.ListServicesResponse;
import io.gemel.transport.grpc.v1.PipelinedCalls;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.gemel.transport.grpc.v1.StatusResponse;
import io.gemel.transport.grpc.v1.WriteResponse;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The service gemel.v1.Registry over {@link Naming}: decodes, asks, encodes.
 *
 * <p>Handlers run on the connection's event loop and never block; answers are sent by whichever thread completes the
 * future. A call that fails without being refused is answered as an internal error whose text stays in the log. Thread-safe.
 */
public final class RegistryDoor implements BindableService {
    private static final int PAGE_DEFAULT = 100;

    /** Who has not read for a minute will not read, and holds a part of what was sent in memory. */
    static final int STUCK_CHECKS = 12;

    private static final Duration STUCK_CHECK = Duration.ofSeconds(5);

    private final Naming naming;
    private final NodeStatus.Source status;
    private final SessionStream.Welcome welcome;
    private final RegistryCalls calls;
    private final Loop loop;
    private final Set<SessionStream> streams = ConcurrentHashMap.newKeySet();
    private final Set<PipelineStream> pipelines = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /**
     * A door for {@code naming}; serves once a server binds it.
     *
     * @param loop where most answers come about: those of one turn leave a stream together
     * @param memberAddresses host:port of every member's client door, now; called on any thread
     * @param resumeWindow told to clients: how long a session outlives a lost connection
     * @param watchesMax how many services a session may watch; more are refused with {@code OVERLOADED}
     */
    public RegistryDoor(
            Naming naming,
            Loop loop,
            NodeStatus.Source status,
            Supplier<List<String>> memberAddresses,
            String nodeId,
            Duration resumeWindow,
            int watchesMax) {
        this.naming = naming;
        this.calls = new RegistryCalls(naming);
        this.loop = loop;
        loop.every(STUCK_CHECK, this::cutOffStuck);
        this.status = status;
        this.welcome = new SessionStream.Welcome(nodeId, resumeWindow, memberAddresses, watchesMax);
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(ServerMethods.SERVICE)
                .addMethod(ServerMethods.SESSION, this::session)
                .addMethod(ServerMethods.REGISTER, UnaryMethods.unary(Refusals.Call.WRITE, this::register))
                .addMethod(ServerMethods.DEREGISTER, UnaryMethods.unary(Refusals.Call.WRITE, this::deregister))
                .addMethod(ServerMethods.FIND, UnaryMethods.unary(Refusals.Call.READ, this::find))
                .addMethod(ServerMethods.PIPELINE, this::pipeline)
                .addMethod(ServerMethods.LIST_SERVICES, UnaryMethods.unary(Refusals.Call.READ, this::listServices))
                .addMethod(ServerMethods.STATUS, UnaryMethods.unary(Refusals.Call.READ, this::status))
                .build();
    }

    /** Asks all clients to go on elsewhere: with their sessions, and with what they call in pipelines. */
    public void drain() {
        draining = true;
        naming.sessions().drain();
        pipelines.forEach(PipelineStream::drain);
    }

    /** Ends the streams of clients that do not read. */
    void cutOffStuck() {
        streams.forEach(stream -> stream.cutOffIfStuck(STUCK_CHECKS));
    }

    /** Sends the member addresses, as they are now, to every client with a session. */
    public void membersChanged() {
        streams.forEach(SessionStream::membersChanged);
    }

    private ServerCall.Listener<Received<ClientMessage>> session(
            ServerCall<Received<ClientMessage>, InputStream> call, Metadata headers) {
        SessionStream stream = new SessionStream(naming, loop, welcome, call, streams::remove);
        streams.add(stream);
        stream.start();
        return stream;
    }

    private ServerCall.Listener<Received<PipelinedCalls>> pipeline(
            ServerCall<Received<PipelinedCalls>, InputStream> call, Metadata headers) {
        PipelineStream pipeline = new PipelineStream(calls, loop, call, pipelines::remove);
        pipelines.add(pipeline);
        pipeline.start();
        if (draining) {
            pipeline.drain();
        }
        return pipeline;
    }

    private CompletableFuture<WriteResponse> register(RegisterRequest request) {
        return calls.register(request).thenApply(Codec::encode);
    }

    private CompletableFuture<WriteResponse> deregister(DeregisterRequest request) {
        return calls.deregister(request).thenApply(Codec::encode);
    }

    private CompletableFuture<InputStream> find(FindRequest request) {
        return calls.find(request).thenApply(ViewFormat::findResponse);
    }

    private CompletableFuture<ListServicesResponse> listServices(ListServicesRequest request) {
        Optional<ServiceId> after =
                request.hasAfter() ? Optional.of(Codec.decode(request.getAfter())) : Optional.empty();
        int limit = request.getLimit() == 0
                ? PAGE_DEFAULT
                : Codec.unsignedInt("limit", request.getLimit(), "0 for the default, or 1..1000");
        return CompletableFuture.completedFuture(Codec.encode(naming.services(
                Codec.orElse(request.getNamespace(), ServiceId.DEFAULT_NAMESPACE), request.getGroup(), after, limit)));
    }

    private CompletableFuture<StatusResponse> status(StatusRequest request) {
        return CompletableFuture.completedFuture(StatusCodec.encode(status.status()));
    }
}
