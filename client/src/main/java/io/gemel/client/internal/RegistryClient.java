package io.gemel.client.internal;

import io.gemel.naming.Change;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import io.gemel.naming.ServicePattern;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Ticker;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.OperatorCodec;
import io.gemel.transport.grpc.Refusals;
import io.gemel.transport.grpc.StatusCodec;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.ListServicesRequest;
import io.gemel.transport.grpc.v1.OperatorGrpc;
import io.gemel.transport.grpc.v1.PipelinedAnswer;
import io.gemel.transport.grpc.v1.PipelinedCall;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.gemel.transport.grpc.v1.WriteResponse;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client behind the public one: brings calls into its loop and their answers out. Thread-safe. */
public final class RegistryClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RegistryClient.class);

    private final ClientSettings settings;
    private final ClientGround ground;
    private final ClientLoop loop;
    private final Entrance entrance;
    private final ServerList servers;
    private final Channels channels;
    private final Views views;
    private final Session session;
    private final Pipelines pipelines;
    private final Calls calls;
    private final Probers probers;
    private final boolean remembers;
    private final AtomicLong lastRevision = new AtomicLong();
    private final Ending ending;

    /**
     * Begins to look for a server.
     *
     * @param ground what it stands on, given who is to be told of what a task threw
     */
    RegistryClient(ClientSettings settings, Function<Consumer<Throwable>, ClientGround> ground) {
        this.settings = settings;
        this.ground = ground.apply(this::broken); // which nothing can be before this has its first task
        Ticker ticker = this.ground.ticker();
        Random random = this.ground.random();
        loop = new ClientLoop(this.ground.loop(), this.ground.delays(), random);
        entrance = new Entrance(loop);
        servers = new ServerList(settings.servers(), random);
        channels = new Channels(this.ground.dial());
        Optional<CacheFiles> files = ViewCache.files(settings.cacheDir());
        ClientLoop writer = new ClientLoop(this.ground.listeners(), this.ground.delays(), random);
        remembers = files.filter(found -> !found.isEmpty()).isPresent();
        views = new Views(
                loop,
                files.map(found -> new ViewCache(found, loop, writer, ticker)),
                service -> ask(service, ReadLevel.LOCAL));
        session = new Session(loop, ticker, settings, servers, channels, views.watches(), new BackOff(ticker, random));
        pipelines = new Pipelines(loop, ticker, channels);
        calls = new Calls(loop, ticker, settings.requestTimeout(), servers, channels, session::server);
        probers = new Probers(loop, ticker, TcpDialing::to);
        Ending.Parts parts = new Ending.Parts(calls, views, probers, session, channels);
        ending = new Ending(loop, entrance, parts, this.ground.end());
        loop.post(session::start);
    }

    /** Begins to look for a server. What is asked for waits until one answers. */
    static RegistryClient on(ClientGround ground, ClientSettings settings) {
        return new RegistryClient(settings, broken -> ground);
    }

    /**
     * Waits for the first server that answers. Goes on without one if it remembers views.
     *
     * @throws RegistryException {@code UNAVAILABLE}, naming all servers tried, if none did in time
     */
    public static RegistryClient connect(ClientSettings settings) {
        RegistryClient client =
                new RegistryClient(settings, broken -> ClientGround.threads(settings.keepAlive(), broken));
        try {
            client.opened().get(settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
            return client;
        } catch (TimeoutException e) {
            String failures = client.entrance
                    .inLoop(() -> CompletableFuture.completedFuture(client.servers.failures()))
                    .exceptionally(broken -> Failures.text(Refusals.received(broken, Refusals.Call.READ)))
                    .join();
            return client.without(new RegistryException(
                    Code.UNAVAILABLE,
                    "no server within %s: %s".formatted(Failures.text(settings.connectTimeout()), failures)));
        } catch (InterruptedException e) {
            client.close();
            Thread.currentThread().interrupt();
            throw new RegistryException(Code.UNAVAILABLE, "interrupted while connecting", e);
        } catch (ExecutionException e) {
            return client.without(Refusals.received(e, Refusals.Call.READ));
        }
    }

    /** Begins without a server, if it has anything to say for itself. */
    private RegistryClient without(RegistryException why) {
        if (!remembers || entrance.isShut()) {
            close();
            throw why;
        }
        log.warn("starts from its cache, and goes on looking for a server cause={}", why.getMessage());
        return this;
    }

    /** The refusal of a client that is closed. */
    static RegistryException closed() {
        return new RegistryException(Code.SHUTTING_DOWN, "this client is closed");
    }

    /**
     * Publishes or withdraws instances in this client's session. The change's own publisher does not matter.
     *
     * @throws RegistryException {@code BAD_REQUEST} if it takes more bytes than a message may have: sent, it would end the stream, and take
     *     everything else of this client with it
     */
    public CompletableFuture<Written> publish(Change change) {
        ClientMessage.Builder request = Operation.request(change);
        return entrance.inLoop(() -> session.submit(change, request));
    }

    /** Writes persistent instances. */
    public CompletableFuture<Written> write(Change.Register change) {
        PipelinedCall.Builder request = PipelinedCall.newBuilder()
                .setRegister(Codec.registerRequest(change.service(), change.instances(), change.precondition()));
        return write(pipelined("register under " + change.service(), request));
    }

    /** Removes persistent instances. */
    public CompletableFuture<Written> write(Change.Deregister change) {
        PipelinedCall.Builder request = PipelinedCall.newBuilder()
                .setDeregister(Codec.deregisterRequest(change.service(), change.keys(), change.precondition()));
        return write(pipelined("deregister of " + change.service(), request));
    }

    /** Sets or removes what operators want for a service. */
    public CompletableFuture<Written> write(Change.SetService change) {
        String name = "settings of " + change.service();
        return change.settings().isPresent()
                ? write(unary(
                        "set " + name,
                        Refusals.Call.WRITE,
                        OperatorGrpc.getSetServiceMethod(),
                        OperatorCodec.setRequest(change)))
                : write(unary(
                        "clear " + name,
                        Refusals.Call.WRITE,
                        OperatorGrpc.getClearServiceMethod(),
                        OperatorCodec.clearRequest(change)));
    }

    /** Sets or removes what operators want for an address. */
    public CompletableFuture<Written> write(Change.SetOverride change) {
        String name = "override for " + change.key() + " of " + change.service();
        return change.override().isPresent()
                ? write(unary(
                        "set " + name,
                        Refusals.Call.WRITE,
                        OperatorGrpc.getSetOverrideMethod(),
                        OperatorCodec.setRequest(change)))
                : write(unary(
                        "clear " + name,
                        Refusals.Call.WRITE,
                        OperatorGrpc.getClearOverrideMethod(),
                        OperatorCodec.clearRequest(change)));
    }

    private Calls.Call<WriteResponse> pipelined(String name, PipelinedCall.Builder request) {
        return new Calls.Call<>(name, Refusals.Call.WRITE, pipelines.way(request, PipelinedAnswer::getWritten));
    }

    private <Q, R> Calls.Call<R> unary(String name, Refusals.Call kind, MethodDescriptor<Q, R> method, Q request) {
        return new Calls.Call<>(name, kind, new UnaryWay<>(loop, ground.ticker(), channels, method, request));
    }

    private CompletableFuture<Written> write(Calls.Call<WriteResponse> call) {
        return entrance.inLoop(() -> calls.call(call).thenApply(answer -> written(Codec.decode(answer))));
    }

    /** What operators have set for a service. */
    public CompletableFuture<ServiceDescription> describe(ServiceId service, ReadLevel level) {
        var call = unary(
                "describe " + service,
                Refusals.Call.READ,
                OperatorGrpc.getDescribeServiceMethod(),
                OperatorCodec.describeRequest(service, level));
        return entrance.inLoop(() -> calls.call(call).thenApply(OperatorCodec::decode));
    }

    /** Reads a service; {@code NOT_FOUND} if nothing is registered. */
    public CompletableFuture<ServiceView> find(ServiceId service, ReadLevel level) {
        return entrance.inLoop(() -> ask(service, level));
    }

    private CompletableFuture<ServiceView> ask(ServiceId service, ReadLevel level) {
        PipelinedCall.Builder request = PipelinedCall.newBuilder().setFind(Codec.findRequest(service, level));
        var call = new Calls.Call<>(
                "find " + service, Refusals.Call.READ, pipelines.way(request, PipelinedAnswer::getFound));
        return calls.call(call).thenApply(answer -> Codec.decode(answer.getView()));
    }

    /** The newest view: what is known if it is watched, else what a server says, else, if none is reached, what the cache has; {@code NOT_FOUND} if nothing is registered. */
    public CompletableFuture<ServiceView> newestOrFound(ServiceId service) {
        // What was subscribed to just now is known in the loop first.
        return newest(service)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> entrance.inLoop(() -> views.newestOrFound(service)));
    }

    /** Lists services of a namespace; all groups if {@code group} is empty. */
    public CompletableFuture<ServicePage> services(
            String namespace, String group, Optional<ServiceId> after, int limit) {
        ListServicesRequest.Builder request = ListServicesRequest.newBuilder()
                .setNamespace(namespace)
                .setGroup(group)
                .setLimit(limit);
        after.ifPresent(service -> request.setAfter(Codec.encode(service)));
        var call = unary("list services", Refusals.Call.READ, RegistryGrpc.getListServicesMethod(), request.build());
        return entrance.inLoop(() -> calls.call(call).thenApply(Codec::decode));
    }

    /** Asks one server for its status: the one at {@code address}, or any. */
    public CompletableFuture<NodeStatus> status(Optional<String> address) {
        var call =
                unary("status", Refusals.Call.READ, RegistryGrpc.getStatusMethod(), StatusRequest.getDefaultInstance());
        address.ifPresent(ServerAddress::check);
        return entrance.inLoop(() -> address.map(only -> calls.callAt(only, call))
                .orElseGet(() -> calls.call(call))
                .thenApply(StatusCodec::decode));
    }

    /** Follows a service. The result ends it; it may be run more than once, on any thread. */
    public Runnable watch(ServiceId service, Consumer<ViewDiff> listener) {
        Subscriber subscriber = new Subscriber(service, listener, ground.listeners());
        Runnable begin = () -> {
            session.watch(service, subscriber);
            views.expected(service, session.server().isPresent());
        };
        return following(begin, subscriber::end, () -> session.unwatch(service, subscriber));
    }

    /** Follows the names of services, as {@link #watch(ServiceId, Consumer)}. */
    public Runnable watch(ServicePattern pattern, Consumer<NamesDiff> listener) {
        NameSubscriber subscriber = new NameSubscriber(pattern, listener, ground.listeners());
        Runnable begin = () -> session.watch(pattern, subscriber);
        return following(begin, subscriber::end, () -> session.unwatch(pattern, subscriber));
    }

    private Runnable following(Runnable begin, Runnable silence, Runnable end) {
        if (entrance.isShut()) {
            throw closed();
        }
        loop.post(() -> {
            if (!entrance.isShut()) {
                begin.run();
            }
        });
        return () -> {
            silence.run();
            loop.post(end);
        };
    }

    /** The newest view of a service, if it is watched and anything is known of it. */
    public Optional<ServiceView> newest(ServiceId service) {
        return views.newest(service);
    }

    /** Tries time and again whether instances take connections; the result ends that. What {@code targets} and {@code found} do must not block. */
    public Runnable probe(
            ProbeSettings settings, Supplier<List<InstanceKey>> targets, BiConsumer<InstanceKey, Boolean> found) {
        return probers.begin(settings, targets, found);
    }

    /** The client's clock. */
    public Ticker ticker() {
        return ground.ticker();
    }

    /** The highest revision of this client's acknowledged persistent writes. */
    public long lastRevision() {
        return lastRevision.get();
    }

    /** Done when the first server has answered; then it has the session. */
    CompletableFuture<Void> opened() {
        return session.opened();
    }

    /** host:port of the server that has the session now. */
    public Optional<String> server() {
        return session.server();
    }

    /** Waits for what {@code future} brings; throws {@link RegistryException} if it fails. */
    public <T> T await(CompletableFuture<T> future) {
        if (!future.isDone() && loop.inLoop()) {
            throw new IllegalStateException(
                    "a blocking call where a future of this client completes would wait for itself; use the Async form");
        }
        return Awaiting.answer(future, settings.requestTimeout());
    }

    @Override
    public void close() {
        ending.begin();
    }

    /** Takes no more calls, and tells the server. The result is done when it has answered, or at once if there is none. */
    CompletableFuture<Void> goodbye() {
        return ending.goodbye();
    }

    private void broken(Throwable failure) {
        ending.broken(failure);
    }

    private Written written(Written written) {
        lastRevision.accumulateAndGet(written.revision(), Math::max);
        return written;
    }
}
