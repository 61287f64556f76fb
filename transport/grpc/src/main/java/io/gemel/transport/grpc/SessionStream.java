package io.gemel.transport.grpc;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Loop;
import io.gemel.naming.Naming;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.Sessions;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.ServerMethods.Received;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.DeregisterRequest;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream: its session, and its requests in flight. What it is sent goes through its {@link Outbox}.
 *
 * <p>The connection's event loop brings messages, the naming loop answers most of them. What both touch is behind this
 * object's lock, which is never held while calling {@link Naming} or gRPC. The event loop hears of every end of the stream,
 * and then gives back what the stream held, so that no session is left without its owner knowing (I4).
 *
 * <p>How many requests are read is {@link ReadAhead}'s business: none before the first is answered, which has to be Open.
 */
final class SessionStream extends ServerCall.Listener<Received<ClientMessage>> implements Sessions.Connection {
    static final int IN_FLIGHT_MAX = 512;
    static final int BATCH_MAX = 256;

    private static final int CLIENT_LENGTH_MAX = 64;
    private static final Logger log = LoggerFactory.getLogger(SessionStream.class);

    private final Naming naming;
    private final Welcome welcome;
    private final ServerCall<Received<ClientMessage>, InputStream> call;
    private final Outbox outbox;
    private final WatchRequests watches;
    private final Consumer<SessionStream> onGone;

    private final ReadAhead ahead;
    private final Set<Long> inFlight = new HashSet<>();
    private State state = State.NEW;
    private Optional<Publisher> publisher = Optional.empty();

    /**
     * What a client is told when its session opens.
     *
     * @param nodeId this node
     * @param resumeWindow how long its session outlives a lost connection
     * @param memberAddresses the client doors of all members, now
     * @param watchesMax how many services it may watch, which it is told when it has more
     */
    record Welcome(String nodeId, Duration resumeWindow, Supplier<List<String>> memberAddresses, int watchesMax) {}

    /** How far the stream is. */
    private enum State {
        NEW,
        OPENING,
        OPEN,
        CLOSING,
        ENDED
    }

    SessionStream(
            Naming naming,
            Loop loop,
            Welcome welcome,
            ServerCall<Received<ClientMessage>, InputStream> call,
            Consumer<SessionStream> onGone) {
        this.naming = naming;
        this.welcome = welcome;
        this.call = call;
        this.outbox = new Outbox(call, loop, welcome.memberAddresses(), welcome.watchesMax());
        this.watches = new WatchRequests(naming, outbox);
        this.ahead = new ReadAhead(call, IN_FLIGHT_MAX, BATCH_MAX);
        this.onGone = onGone;
    }

    void start() {
        call.sendHeaders(new Metadata());
        ahead.readOn(); // Open, and nothing else until it is answered
    }

    @Override
    public void onMessage(Received<ClientMessage> received) {
        boolean first = isNew();
        List<ClientMessage> requests;
        try {
            requests = first ? List.of(received.message()) : Codec.requests(received.message(), BATCH_MAX);
        } catch (RegistryException violation) {
            violated(violation);
            return;
        }
        outbox.answerAfter(() -> requests.forEach(this::take));
        if (!first) {
            ahead.workedOff();
        }
    }

    @SuppressWarnings("IllegalCatch") // the top of a handler: whatever it threw, the client gets an answer
    private void take(ClientMessage request) {
        try {
            if (!admitted(request)) {
                return;
            }
        } catch (RegistryException violation) {
            violated(violation);
            return;
        }
        try {
            handle(request.getRequestId(), request);
        } catch (RuntimeException | AssertionError failure) {
            refused(request.getRequestId(), failure);
        }
    }

    @Override
    public void onReady() {
        outbox.sendWaiting();
        ahead.readOn();
    }

    /**
     * Looked at now and then: who has taken nothing of what is on its way, {@code times} in a row, is cut off. Its session is lost then, and may be
     * resumed on another stream.
     */
    void cutOffIfStuck(int times) {
        if (!outbox.isStuck(times)) {
            return;
        }
        log.info("session cut off: its client does not read");
        naming.unwatchAll(outbox);
        left().ifPresent(naming.sessions()::lost);
        end(new RegistryException(Code.OVERLOADED, "the client has not read what it was sent for a long time"));
    }

    /** The client sends no more, and did not say goodbye. */
    @Override
    public void onHalfClose() {
        left().ifPresent(naming.sessions()::lost);
        outbox.close(Status.OK, new Metadata());
    }

    @Override
    public void onCancel() {
        gone();
    }

    @Override
    public void onComplete() {
        gone();
    }

    @Override
    public void ended(RegistryException reason) {
        left(); // not lost: Sessions knows whose it is now
        end(reason);
    }

    @Override
    public void draining() {
        outbox.draining();
    }

    void membersChanged() {
        outbox.membersChanged();
    }

    private synchronized boolean isNew() {
        return state == State.NEW;
    }

    /** The client breaks the protocol in a way that no answer could tell it. */
    private void violated(RegistryException violation) {
        left().ifPresent(naming.sessions()::lost);
        end(violation);
    }

    /** Takes note of a request. */
    private synchronized boolean admitted(ClientMessage message) {
        if (state == State.CLOSING || state == State.ENDED) {
            return false;
        }
        if (state == State.NEW && !message.hasOpen()) {
            throw new RegistryException(
                    Code.NO_SESSION,
                    "request: " + message.getRequestCase() + " (expected: OPEN as the first of a stream)");
        }
        long id = message.getRequestId();
        if (id == 0) {
            throw Codec.refuse("request_id: 0 (expected: 1 and up)");
        }
        if (!inFlight.add(id)) {
            throw Codec.refuse("request_id: %s (expected: one that is not in flight)", Long.toUnsignedString(id));
        }
        ahead.taken(1);
        return true;
    }

    private void handle(long id, ClientMessage message) {
        switch (message.getRequestCase()) {
            case OPEN -> open(id, message.getOpen());
            case REGISTER -> whenWritten(id, register(message.getRegister()));
            case DEREGISTER -> whenWritten(id, deregister(message.getDeregister()));
            case REPLAYED -> whenWritten(id, naming.sessions().replayed(owner()));
            case WATCH -> done(id, () -> watches.watch(message.getWatch()));
            case UNWATCH -> done(id, () -> watches.unwatch(message.getUnwatch()));
            case WATCH_SERVICES -> done(id, () -> watches.watch(message.getWatchServices()));
            case UNWATCH_SERVICES -> done(id, () -> watches.unwatch(message.getUnwatchServices()));
            case CLOSE -> close(id);
            case PING -> done(id, 0);
            case BATCH -> throw Codec.refuse("batch: in a batch (expected: requests)");
            case REQUEST_NOT_SET ->
                throw Codec.refuse("request: none that this server knows (expected: one of gemel.v1.ClientMessage)");
        }
    }

    private void open(long id, Open open) {
        synchronized (this) {
            if (state != State.NEW) {
                throw Codec.refuse("open: a second one (expected: one, as the first request of a stream)");
            }
            state = State.OPENING;
        }
        var unused = openedOrResumed(open).whenComplete((opened, failure) -> {
            if (failure != null) {
                notOpened(id, Refusals.refusal(failure, Refusals.Call.READ));
            } else if (opened(id, open, opened)) {
                log.debug("session opened {} resumed={} by={}", opened.publisher(), opened.resumed(), clientOf(open));
                ahead.workedOff();
            } else {
                naming.sessions().lost(opened.publisher());
            }
        });
    }

    private CompletableFuture<Sessions.Opened> openedOrResumed(Open open) {
        if (open.getSessionId().isEmpty()) {
            return naming.sessions().open(this);
        }
        try {
            long epoch = Codec.unsignedLong("epoch", open.getEpoch());
            return naming.sessions().resume(new Sessions.Resume(open.getSessionId(), open.getToken(), epoch), this);
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    /** Whether the client is still there to be told. */
    private boolean opened(long id, Open open, Sessions.Opened opened) {
        synchronized (this) {
            if (state != State.OPENING) {
                return false;
            }
            state = State.OPEN;
            publisher = Optional.of(opened.publisher());
            inFlight.remove(id);
            ahead.answered();
        }
        outbox.opened(Answers.opened(id, opened, welcome), open.getBatches());
        return true;
    }

    private void notOpened(long id, RegistryException refusal) {
        outbox.answer(Answers.error(id, refusal));
        left();
        end(refusal);
    }

    private CompletableFuture<Written> register(RegisterRequest request) {
        List<Instance> instances = Codec.instances(request);
        for (Instance instance : instances) {
            if (instance.durability() != Durability.EPHEMERAL) {
                throw Codec.refuse(
                        "instances: %s is %s (expected: EPHEMERAL on a session; the unary Register takes persistent ones)",
                        instance.key(), instance.durability());
            }
        }
        return naming.register(Codec.service(request), instances, owner(), Codec.precondition(request));
    }

    private CompletableFuture<Written> deregister(DeregisterRequest request) {
        return naming.deregister(
                Codec.service(request),
                Codec.keys(request),
                Durability.EPHEMERAL,
                owner(),
                Codec.precondition(request));
    }

    private void close(long id) {
        Publisher closing = owner();
        synchronized (this) {
            state = State.CLOSING;
        }
        var unused = naming.sessions().close(closing).whenComplete((written, failure) -> {
            if (failure == null) {
                done(id, written.revision());
                left();
                outbox.close(Status.OK, new Metadata());
            } else {
                stayOpen();
                refused(id, failure);
            }
        });
    }

    private synchronized void stayOpen() {
        if (state == State.CLOSING) {
            state = State.OPEN;
        }
    }

    private void whenWritten(long id, CompletableFuture<Written> write) {
        var unused = write.whenComplete((written, failure) -> {
            if (failure == null) {
                done(id, written.revision());
            } else {
                refused(id, failure);
            }
        });
    }

    private void done(long id, Runnable request) {
        request.run();
        done(id, 0);
    }

    private void done(long id, long revision) {
        respond(id, Answers.done(id, revision));
    }

    private void refused(long id, Throwable failure) {
        respond(id, Answers.error(id, Refusals.refusal(failure, Refusals.Call.WRITE)));
    }

    private void respond(long id, ServerMessage message) {
        synchronized (this) {
            if (!inFlight.remove(id)) {
                return;
            }
        }
        outbox.answer(message);
        ahead.answered();
        ahead.readOn();
    }

    private synchronized Publisher owner() {
        return publisher.orElseThrow(
                () -> new RegistryException(Code.NO_SESSION, "the session of this stream is over"));
    }

    private void end(RegistryException reason) {
        outbox.close(Refusals.status(reason), Refusals.trailers(reason));
    }

    /** The stream is over, whoever ended it: the last that the event loop says of it. */
    private void gone() {
        outbox.abandon();
        onGone.accept(this);
        naming.unwatchAll(outbox);
        left().ifPresent(naming.sessions()::lost);
    }

    /** Nothing more is read or answered. Returns the session that is left behind, once, if there is one. */
    @CanIgnoreReturnValue
    private synchronized Optional<Publisher> left() {
        state = State.ENDED;
        ahead.end();
        inFlight.clear();
        Optional<Publisher> left = publisher;
        publisher = Optional.empty();
        return left;
    }

    /** What the client calls itself, fit for a log. */
    private static String clientOf(Open open) {
        String client = open.getClient();
        return client.substring(0, Math.min(client.length(), CLIENT_LENGTH_MAX)).replaceAll("[^ -~]", "?");
    }
}
