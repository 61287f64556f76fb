package io.gemel.naming;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client sessions of this node: opened, resumed, lost and closed.
 *
 * <p>Any thread may call; the state is the naming loop's. A session outlives its connection by the resume window, on
 * whichever node its client resumes it: that node takes it on in a higher epoch, and this one lets it run out. A clean close
 * ends it at once.
 */
public final class Sessions {
    /** How often lost sessions are looked at; adds to the resume window at most. */
    static final Duration CHECK_PERIOD = Duration.ofMillis(100);

    /** How often, while none is lost. */
    private static final Duration AT_REST = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(Sessions.class);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private final Loop loop;
    private final Ticker ticker;
    private final RandomGenerator secrets;
    private final Config config;
    private final LamportClock clock;
    private final Publications publications;
    private final ConsistencyService consistency;
    private final Map<String, Session> sessions = new HashMap<>();
    private final Map<String, Session> lost = new LinkedHashMap<>();

    /** Whose connections are gone without the loop's having taken note of it. Any thread's. */
    private final Queue<Publisher> gone = new ConcurrentLinkedQueue<>();

    private volatile int size;
    private boolean draining;

    /**
     * How sessions live and die.
     *
     * @param resumeWindow how long a session outlives a lost connection: longer forgives longer outages, shorter lists dead
     *     instances for less time
     * @param sessionsMax how many sessions this node takes on
     */
    public record Config(Duration resumeWindow, int sessionsMax) {}

    /** A client connection, as its session sees it. Called on the naming loop; must not block. */
    public interface Connection {
        /** The session has ended on this connection, for {@code reason}. */
        void ended(RegistryException reason);

        /** This node is about to stop; the client should resume elsewhere. */
        void draining();
    }

    /**
     * What a client shows to resume its session.
     *
     * @param session the id it was given
     * @param token the secret it was given
     * @param epoch the highest epoch it was given
     */
    public record Resume(String session, String token, long epoch) {}

    /**
     * An open session.
     *
     * @param publisher its id and present epoch
     * @param token the secret with which to resume it
     * @param resumed whether this node knew it; if not, it took it on as new under the same id
     */
    public record Opened(Publisher publisher, String token, boolean resumed) {}

    /**
     * No sessions yet.
     *
     * @param secrets where ids and tokens come from; must be cryptographically strong in production
     */
    public Sessions(
            Loop loop,
            Ticker ticker,
            RandomGenerator secrets,
            Config config,
            LamportClock clock,
            Publications publications,
            ConsistencyService consistency) {
        this.loop = loop;
        this.ticker = ticker;
        this.secrets = secrets;
        this.config = config;
        this.clock = clock;
        this.publications = publications;
        this.consistency = consistency;
        publications.onMove(this::moved);
        publications.onStop(() -> !lost.isEmpty());
        loop.paced(CHECK_PERIOD, () -> {
            closeOverdue();
            return lost.isEmpty() ? AT_REST : CHECK_PERIOD;
        });
    }

    /** Opens a new session for {@code connection}. Fails with {@code OVERLOADED} at the limit of sessions, {@code SHUTTING_DOWN} while this node drains. */
    public CompletableFuture<Opened> open(Connection connection) {
        return open(connection, Duration.ZERO);
    }

    /**
     * Opens a new session as {@link #open(Connection)} does, for a client that cannot resume one: when it comes back it opens another and registers
     * again all that it holds.
     *
     * @param comesBackWithin how long that may take: so long it stays without a connection, or for the resume window if that is longer
     */
    public CompletableFuture<Opened> open(Connection connection, Duration comesBackWithin) {
        return onLoop(() -> {
            String token = newSecret();
            return takeOn(newSecret(), token, connection, longer(comesBackWithin), false)
                    .thenApply(publisher -> new Opened(publisher, token, false));
        });
    }

    private Duration longer(Duration window) {
        return window.compareTo(config.resumeWindow()) > 0 ? window : config.resumeWindow();
    }

    /**
     * Continues a session on {@code connection}, in its next epoch; an older connection of it on this node ends with
     * {@code SESSION_MOVED}. Fails with {@code UNKNOWN_SESSION} if the token is not the session's or what is shown cannot be
     * true, and as {@link #open}; the older connection then stays.
     */
    public CompletableFuture<Opened> resume(Resume resume, Connection connection) {
        return onLoop(() -> {
            check(resume);
            Session known = sessions.get(resume.session());
            OptionalLong tokenHash =
                    known == null ? publications.tokenHash(resume.session()) : OptionalLong.of(hash(known.token));
            if (tokenHash.isPresent() && tokenHash.getAsLong() != hash(resume.token())) {
                throw unknown("the token is not that of session " + resume.session());
            }
            clock.saw(resume.epoch());
            return takeOn(resume.session(), resume.token(), connection, config.resumeWindow(), true)
                    .thenApply(publisher -> new Opened(publisher, resume.token(), tokenHash.isPresent()));
        });
    }

    private void check(Resume resume) {
        if (!ID.matcher(resume.session()).matches()) {
            throw Limits.refuse("session_id: %s (expected: the id a server gave)", Limits.quoted(resume.session()));
        }
        if (resume.epoch() < 0) {
            throw Limits.refuse("epoch: %d (expected: 0 or more)", resume.epoch());
        }
        if (!ID.matcher(resume.token()).matches()) {
            throw unknown("the token is none that a server gave");
        }
        if (!clock.isPlausible(resume.epoch())) {
            throw unknown("the epoch " + resume.epoch() + " is none that a server gave");
        }
    }

    private CompletableFuture<Publisher> takeOn(
            String id, String token, Connection connection, Duration window, boolean resumed) {
        if (draining) {
            throw new RegistryException(
                    RegistryException.Code.SHUTTING_DOWN, "this server is stopping, or leaves the cluster");
        }
        if (!sessions.containsKey(id) && sessions.size() >= config.sessionsMax()) {
            throw new RegistryException(
                    RegistryException.Code.OVERLOADED,
                    "this server has its limit of " + config.sessionsMax() + " sessions");
        }
        Publisher publisher = new Publisher(id, clock.next());
        Session before = sessions.put(id, new Session(publisher, token, connection, window, resumed));
        lost.remove(id);
        size = sessions.size();
        if (before != null) {
            before.end(new RegistryException(
                    RegistryException.Code.SESSION_MOVED, "the session goes on on a newer connection"));
        }
        return consistency.write(new Change.SessionOpened(publisher, resumed)).thenApply(written -> publisher);
    }

    /** The client has registered again all that it holds; what its earlier epochs published beyond that is void. */
    public CompletableFuture<Written> replayed(Publisher publisher) {
        return onLoop(() -> {
            Session session =
                    current(publisher).orElseThrow(() -> unknown("no session " + publisher + " on this server"));
            return replayed(session);
        });
    }

    private CompletableFuture<Written> replayed(Session session) {
        session.mayHaveLeft = false;
        return consistency.write(new Change.SessionReplayed(session.publisher, hash(session.token)));
    }

    /**
     * The connection is gone without a word; the session waits for the resume window, then closes. A full loop takes note with its next look at
     * the sessions: who waited for it here may be one that it waits for itself, as it does for the push loop.
     */
    public void lost(Publisher publisher) {
        gone.add(publisher);
        try {
            loop.execute(this::loseGone);
        } catch (RegistryException refusal) {
            if (refusal.code() != RegistryException.Code.OVERLOADED) {
                throw refusal;
            }
        }
    }

    private void loseGone() {
        for (Publisher publisher = gone.poll(); publisher != null; publisher = gone.poll()) {
            current(publisher).ifPresent(this::lose);
        }
    }

    /** The client says goodbye; its instances go at once, also those of earlier epochs that it had not yet registered again. */
    public CompletableFuture<Written> close(Publisher publisher) {
        return onLoop(() -> {
            Optional<Session> session = current(publisher);
            if (session.isEmpty()) {
                return CompletableFuture.completedFuture(new Written(0));
            }
            sessions.remove(publisher.session());
            lost.remove(publisher.session());
            size = sessions.size();
            CompletableFuture<?> voided = session.get().mayHaveLeft
                    ? replayed(session.get()).handle((written, elsewhere) -> written) // refused if it goes on elsewhere
                    : CompletableFuture.completedFuture(null);
            CompletableFuture<Written> closed = consistency.write(new Change.SessionClosed(publisher));
            return voided.thenCombine(closed, (first, last) -> last);
        });
    }

    /** Asks every client to move to another server, and takes on no new session. */
    public void drain() {
        loop.executeOrWait(() -> {
            draining = true;
            for (Session session : List.copyOf(sessions.values())) {
                session.connection.ifPresent(Connection::draining);
            }
        });
    }

    /** How many sessions this node holds, lost ones included. Any thread. */
    public int size() {
        return size;
    }

    private void lose(Session session) {
        session.connection = Optional.empty();
        // Lost twice, as when it moved and then its old stream broke, it stays due when it was.
        if (lost.putIfAbsent(session.publisher.session(), session) == null) {
            session.dueNanos = ticker.nanos() + session.window.toNanos();
        }
    }

    private void moved(String id, long epoch) {
        Session session = sessions.get(id);
        if (session != null && session.publisher.epoch() < epoch) {
            session.end(new RegistryException(
                    RegistryException.Code.SESSION_MOVED, "the session goes on on another server"));
            lose(session);
        }
    }

    private void closeOverdue() {
        loseGone();
        long now = ticker.nanos();
        List<Session> due = lost.values().stream()
                .filter(session -> session.dueNanos - now <= 0)
                .toList();
        if (!due.isEmpty()) {
            close(due);
        }
    }

    private void close(List<Session> due) {
        List<Publisher> publishers = new ArrayList<>();
        for (Session session : due) {
            String id = session.publisher.session();
            log.debug("session lost id={}", id);
            lost.remove(id);
            if (sessions.remove(id, session)) {
                publishers.add(session.publisher);
            }
        }
        size = sessions.size();
        List<Publisher> missing =
                lost.values().stream().map(session -> session.publisher).toList();
        var unused = consistency
                .write(new Change.SessionsLost(publishers, missing))
                .whenComplete((written, failure) -> {
                    if (failure != null) {
                        log.error("sessions not closed count={}", publishers.size(), failure);
                    }
                });
    }

    private static RegistryException unknown(String message) {
        return new RegistryException(RegistryException.Code.UNKNOWN_SESSION, message);
    }

    private Optional<Session> current(Publisher publisher) {
        return Optional.ofNullable(sessions.get(publisher.session()))
                .filter(session -> session.publisher.equals(publisher));
    }

    private <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable guarded = () -> {
            try {
                var unused = task.get().whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
            } catch (RegistryException refusal) {
                result.completeExceptionally(refusal);
            }
        };
        try {
            if (loop.inLoop()) {
                guarded.run();
            } else {
                loop.execute(guarded);
            }
        } catch (RegistryException refusal) {
            result.completeExceptionally(refusal);
        }
        return result;
    }

    private String newSecret() {
        byte[] bytes = new byte[16];
        secrets.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static long hash(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** One session. */
    private static final class Session {
        final Publisher publisher;
        final String token;
        final Duration window;
        Optional<Connection> connection;
        boolean mayHaveLeft; // something elsewhere, in earlier epochs, that is not void yet
        long dueNanos; // once it is lost

        Session(Publisher publisher, String token, Connection connection, Duration window, boolean resumed) {
            this.publisher = publisher;
            this.token = token;
            this.window = window;
            this.mayHaveLeft = resumed;
            this.connection = Optional.of(connection);
        }

        void end(RegistryException reason) {
            connection.ifPresent(open -> open.ended(reason));
            connection = Optional.empty();
        }
    }
}
