package io.gemel.transport.nacos;

import io.gemel.naming.Naming;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Sessions;
import io.gemel.naming.Ticker;
import io.gemel.transport.nacos.payload.Payload;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's stream: with its first message the transport becomes a connection, and with the stream's end it ceases to be one.
 *
 * <p>A connection is a session, except that of a client's configuration module. No client of this protocol can resume one: when it comes back it
 * opens another connection and registers again what it holds, all within {@link #COMES_BACK_WITHIN}. So long its instances stay.
 *
 * <p>The transport's event loop brings messages, the naming loop opens the session. What both touch is behind this object's lock, which
 * is never held while calling {@link Naming} or gRPC.
 */
final class NacosConnection extends ServerCall.Listener<Received> implements Sessions.Connection {
    /** A client looks every 3 s for what it has to register again; before that it finds a server, and the call takes its time. */
    static final Duration COMES_BACK_WITHIN = Duration.ofSeconds(6);

    /** How long a client may be silent before it is asked whether it is there; it speaks every 5 s by itself. */
    static final Duration SILENT_MAX = Duration.ofSeconds(20);

    /** How long it then has to answer. */
    static final Duration ANSWERS_WITHIN = Duration.ofSeconds(5);

    /** What is told to clients that ask; the others know nothing of abilities. */
    private static final Map<String, Boolean> ABILITIES =
            Map.of("supportPersistentInstanceByGrpc", true, "fuzzyWatch", true, "lock", false);

    private static final String SETUP = "ConnectionSetupRequest";
    private static final String CONFIGURATION = "config";
    private static final int LOGGED_LENGTH_MAX = 64;
    private static final Logger log = LoggerFactory.getLogger(NacosConnection.class);

    private final Naming naming;
    private final Ticker ticker;
    private final Transport transport;
    private final ServerCall<Received, Payload> call;
    private final Pushes pushes;
    private final Consumer<NacosConnection> onGone;
    private final CompletableFuture<Publisher> session = new CompletableFuture<>();
    private final Publishing publishing;

    private State state = State.NEW;
    private Optional<Publisher> publisher = Optional.empty();
    private boolean moving;
    private boolean asked;
    private long askedNanos; // if it was
    private volatile long heardNanos;

    /** How far the stream is. */
    private enum State {
        NEW,
        OPEN,
        ENDED
    }

    NacosConnection(
            Naming naming,
            RefTime times,
            Ticker ticker,
            ServerCall<Received, Payload> call,
            Consumer<NacosConnection> onGone) {
        this.naming = naming;
        this.ticker = ticker;
        this.transport = Transport.of(call);
        this.call = call;
        this.pushes = new Pushes(call, times, ticker);
        this.publishing = new Publishing(naming, session);
        this.onGone = onGone;
        this.heardNanos = ticker.nanos();
    }

    void start() {
        call.sendHeaders(new Metadata());
        call.request(1);
    }

    /** What it publishes; fails with {@code BAD_REQUEST} if it is for configuration, and with {@code NO_SESSION} if it ends before it has a session. */
    Publishing publishing() {
        return publishing;
    }

    /** What it is sent. */
    Pushes pushes() {
        return pushes;
    }

    /** Takes note that the client is there. */
    void heard() {
        heardNanos = ticker.nanos();
    }

    @Override
    public void onMessage(Received received) {
        heard();
        try {
            if (isNew()) {
                setUp(received);
            } else {
                acknowledged(JsonObject.parse(received.body()));
            }
        } catch (RegistryException broken) {
            log.debug("not understood type={} connection={}", received.type(), transport.id(), broken);
        }
        call.request(1);
    }

    private synchronized boolean isNew() {
        return state == State.NEW;
    }

    private void setUp(Received received) {
        if (!received.type().equals(SETUP)) {
            end(Status.FAILED_PRECONDITION.withDescription("the first message of a stream must be a " + SETUP));
            return;
        }
        JsonObject setup = JsonObject.parse(received.body());
        String module =
                setup.object("labels").flatMap(labels -> labels.text("module")).orElse("");
        String client = client(setup); // the last of what may not be understood: from here on it is a connection
        if (!naming.ready() || !transport.take(this)) {
            end(Status.UNAVAILABLE.withDescription("this server is starting, or the transport has a connection"));
            return;
        }
        if (!opened()) {
            transport.drop();
            return;
        }
        log.debug("connected {} module={} by={}", transport.id(), module, client);
        if (module.equals(CONFIGURATION)) {
            session.completeExceptionally(new RegistryException(
                    RegistryException.Code.BAD_REQUEST, "a connection of the configuration module registers nothing"));
        } else {
            openSession();
        }
        if (setup.has("abilityTable")) {
            pushes.send("SetupAckRequest", json -> {
                json.writeObjectFieldStart("abilityTable");
                for (Map.Entry<String, Boolean> ability : ABILITIES.entrySet()) {
                    json.writeBooleanField(ability.getKey(), ability.getValue());
                }
                json.writeEndObject();
            });
        }
    }

    /** Whether it is open now: the sweep ends a stream whose first message does not come, and it may come in that moment. */
    private synchronized boolean opened() {
        if (state != State.NEW) {
            return false;
        }
        state = State.OPEN;
        return true;
    }

    private void openSession() {
        var unused = naming.sessions().open(this, COMES_BACK_WITHIN).whenComplete((opened, failure) -> {
            if (failure != null) {
                log.warn("no session for a connection id={} cause={}", transport.id(), failure.getMessage());
                end(Status.UNAVAILABLE.withDescription(failure.getMessage()));
            } else if (owns(opened.publisher())) {
                session.complete(opened.publisher());
            } else {
                naming.sessions().lost(opened.publisher());
            }
        });
    }

    /** Whether the client is still there. */
    private synchronized boolean owns(Publisher opened) {
        if (state != State.OPEN) {
            return false;
        }
        publisher = Optional.of(opened);
        return true;
    }

    /** Whatever the client sends after the first message answers a request of ours. */
    private void acknowledged(JsonObject answer) {
        Optional<String> id = answer.text("requestId");
        if (id.isPresent() && id.get().matches("[0-9]{1,18}")) {
            boolean success = answer.integer("resultCode", NacosCode.OK) == NacosCode.OK;
            pushes.acknowledged(Long.parseLong(id.get()), success);
        }
    }

    /** Asks a silent client whether it is there, ends the connection of one that does not answer, and sends again what was not acknowledged. */
    void sweep() {
        long now = ticker.nanos();
        boolean silent = now - heardNanos >= SILENT_MAX.toNanos();
        boolean ask;
        boolean over;
        synchronized (this) {
            ask = silent && !asked;
            over = silent && asked && now - askedNanos >= ANSWERS_WITHIN.toNanos();
            asked = silent;
            askedNanos = ask ? now : askedNanos;
        }
        if (ask) {
            pushes.send("ClientDetectionRequest", nothing -> {});
        } else if (over) {
            log.info("silent, disconnected {}", transport.id());
            end(Status.UNAVAILABLE.withDescription("no sign of life"));
            return;
        }
        pushes.retryOverdue();
    }

    /** Asks the client to move to another server, once. */
    @Override
    public void draining() {
        synchronized (this) {
            if (moving || state != State.OPEN) {
                return;
            }
            moving = true;
        }
        pushes.send("ConnectResetRequest", nothing -> {});
    }

    @Override
    public void ended(RegistryException reason) {
        end(Status.UNAVAILABLE.withDescription(reason.getMessage()));
    }

    @Override
    public void onReady() {
        pushes.sendWaiting();
    }

    /** A client that leaves does so without a word, and so does one that has moved: it has another connection already. */
    @Override
    public void onHalfClose() {
        end(Status.OK);
    }

    @Override
    public void onCancel() {
        over();
    }

    @Override
    public void onComplete() {
        over();
    }

    /** Nothing comes on the transport's thread any more, such as a subscription while another thread ended the stream. */
    private void over() {
        gone();
        naming.unwatchAll(pushes);
        pushes.abandon();
    }

    private void end(Status status) {
        gone();
        pushes.close(status);
    }

    /** The stream is over, whoever ended it. */
    private void gone() {
        Optional<Publisher> left;
        synchronized (this) {
            if (state == State.ENDED) {
                return;
            }
            boolean registered = state == State.OPEN;
            state = State.ENDED;
            left = publisher;
            publisher = Optional.empty();
            if (registered) {
                transport.drop();
            }
        }
        session.completeExceptionally(
                new RegistryException(RegistryException.Code.NO_SESSION, "the connection is over"));
        onGone.accept(this);
        naming.unwatchAll(pushes);
        left.ifPresent(naming.sessions()::lost);
    }

    private static String client(JsonObject setup) {
        String version = setup.text("clientVersion").orElse("");
        return version.substring(0, Math.min(version.length(), LOGGED_LENGTH_MAX))
                .replaceAll("[^ -~]", "?");
    }
}
