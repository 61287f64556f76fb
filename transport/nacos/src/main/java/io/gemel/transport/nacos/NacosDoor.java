package io.gemel.transport.nacos;

import io.gemel.naming.Loop;
import io.gemel.naming.Naming;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import io.gemel.transport.nacos.payload.BiRequestStreamGrpc;
import io.gemel.transport.nacos.payload.Payload;
import io.gemel.transport.nacos.payload.RequestGrpc;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for Nacos clients from 2.0 on, over {@link Naming}: two gRPC services that stand on the clients' port beside the registry's own.
 *
 * <p>Handlers run on the connection's event loop and never block; answers are sent by whichever thread completes the future. Thread-safe.
 */
public final class NacosDoor {
    /** How often silent clients and missing acknowledgements are looked for. */
    private static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);

    private static final String SERVER_CHECK = "ServerCheckRequest";
    private static final String HEALTH_CHECK = "HealthCheckRequest";
    private static final Logger log = LoggerFactory.getLogger(NacosDoor.class);

    private static final MethodDescriptor<Received, Payload> REQUEST = method(RequestGrpc.getRequestMethod());
    private static final MethodDescriptor<Received, Payload> STREAM =
            method(BiRequestStreamGrpc.getRequestBiStreamMethod());

    private final Naming naming;
    private final Ticker ticker;
    private final InstantSource clock;
    private final RefTime times;
    private final Map<String, NacosCall> calls = new HashMap<>();
    private final Set<NacosConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /**
     * A door for {@code naming}; serves once a server binds {@link #services} and {@link #transports}.
     *
     * @param push looks after the connections now and then
     * @param clock the time of day, which the protocol tells clients
     * @param notice the one that all doors give
     */
    public NacosDoor(Naming naming, Loop push, Ticker ticker, InstantSource clock, ConfigNotice notice) {
        this.naming = naming;
        this.ticker = ticker;
        this.clock = clock;
        this.times = new RefTime(clock);
        calls.put(HEALTH_CHECK, new NacosCall("HealthCheckResponse", request -> request.ok(nothing -> {})));
        calls.putAll(new NamingCalls(naming, times).all());
        calls.putAll(new ConfigCalls(notice).all());
        push.every(SWEEP_PERIOD, () -> connections.forEach(NacosConnection::sweep));
    }

    /** What a port that serves Nacos clients binds. */
    public List<BindableService> services() {
        return List.of(this::requests, this::streams);
    }

    /** What a port that serves Nacos clients needs, too: it tells one client's calls from another's. */
    public ServerTransportFilter transports() {
        return Transport.marking(clock);
    }

    /** Asks all clients to go on elsewhere, and takes on no new ones. */
    public void drain() {
        draining = true;
        connections.forEach(NacosConnection::draining);
    }

    private ServerServiceDefinition requests() {
        ServiceDescriptor service = ServiceDescriptor.newBuilder(RequestGrpc.SERVICE_NAME)
                .setSchemaDescriptor(RequestGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(REQUEST)
                .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(REQUEST, this::request)
                .build();
    }

    private ServerServiceDefinition streams() {
        ServiceDescriptor service = ServiceDescriptor.newBuilder(BiRequestStreamGrpc.SERVICE_NAME)
                .setSchemaDescriptor(BiRequestStreamGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(STREAM)
                .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(STREAM, this::stream)
                .build();
    }

    private ServerCall.Listener<Received> stream(ServerCall<Received, Payload> call, Metadata headers) {
        NacosConnection connection = new NacosConnection(naming, times, ticker, call, connections::remove);
        connection.start(); // first: who is among the connections may be sent something
        connections.add(connection);
        return connection;
    }

    private ServerCall.Listener<Received> request(ServerCall<Received, Payload> call, Metadata headers) {
        Transport transport = Transport.of(call);
        return ServerCalls.<Received, Payload>asyncUnaryCall((received, answer) -> {
                    var unused = answer(transport, received).whenComplete((payload, failure) -> {
                        answer.onNext(payload);
                        answer.onCompleted();
                    });
                })
                .startCall(call, headers);
    }

    /** Never fails. */
    private CompletableFuture<Payload> answer(Transport transport, Received received) {
        if (!naming.ready()) {
            return error(NacosCode.STARTING, "Server is starting, please try later.");
        }
        if (received.type().equals(SERVER_CHECK)) {
            return draining
                    ? error(NacosCode.STARTING, "Server is stopping, please use another one.")
                    : serverCheck(transport);
        }
        if (received.type().isEmpty()) {
            return error(NacosCode.UNREADABLE, "Invalid request, it has no type or is no message at all.");
        }
        NacosCall call = calls.get(received.type());
        if (call == null) {
            return error(NacosCode.NO_HANDLER, "RequestHandler Not Found");
        }
        Optional<NacosConnection> connection = transport.connection();
        if (connection.isEmpty()) {
            return error(NacosCode.UNREGISTERED, "Connection is unregistered.");
        }
        connection.get().heard();
        return answer(connection.get(), call, received);
    }

    @SuppressWarnings("IllegalCatch") // the top of a handler: whatever it threw, the caller gets an answer
    private static CompletableFuture<Payload> answer(NacosConnection connection, NacosCall call, Received received) {
        NacosCall.Request request;
        try {
            JsonObject body = JsonObject.parse(received.body());
            request = new NacosCall.Request(connection, call.answerType(), body);
        } catch (RegistryException broken) {
            return error(NacosCode.UNREADABLE, "Invalid request, " + broken.getMessage());
        }
        try {
            return call.handler().answer(request).exceptionally(failure -> refused(request, received.type(), failure));
        } catch (RuntimeException | AssertionError failure) {
            return CompletableFuture.completedFuture(refused(request, received.type(), failure));
        }
    }

    private static Payload refused(NacosCall.Request request, String type, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RegistryException refusal) {
            return Message.refusal(request.answerType(), request.id(), refusal);
        }
        log.error("request failed unexpectedly type={}", type, cause);
        return Message.refusal(
                request.answerType(),
                request.id(),
                NacosCode.SERVER_ERROR,
                "the server failed in a way it should not; its log has the details");
    }

    private static CompletableFuture<Payload> serverCheck(Transport transport) {
        return CompletableFuture.completedFuture(Message.ok("ServerCheckResponse", Optional.empty(), json -> {
            json.writeStringField("connectionId", transport.id());
            json.writeBooleanField("supportAbilityNegotiation", true);
        }));
    }

    private static CompletableFuture<Payload> error(int code, String message) {
        return CompletableFuture.completedFuture(Message.error(code, message));
    }

    private static MethodDescriptor<Received, Payload> method(MethodDescriptor<Payload, Payload> generated) {
        return generated.toBuilder(Received.MARSHALLER, generated.getResponseMarshaller())
                .build();
    }
}
