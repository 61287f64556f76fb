package io.gemel.transport.nacos;

import com.google.protobuf.ByteString;
import io.gemel.naming.PushSink;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Ticker;
import io.gemel.transport.nacos.payload.Payload;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one connection is sent on its stream. Any thread; one lock, held while messages are handed to gRPC, makes the senders take turns.
 *
 * <p>Of each subscribed service the newest view waits until the client has read what came before (I7). A view that the client does not
 * acknowledge in time, or with an error, is sent again, by then the newest; only the acknowledgement of what was sent last is waited for.
 */
final class Pushes implements PushSink {
    static final int SUBSCRIPTIONS_MAX = 10_000;

    /** How long a client may take to acknowledge. */
    static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(5);

    /** A push that follows a subscription so soon may reach the client before the answer, which would replace it there: it is sent once more. */
    private static final Duration ANSWER_ON_ITS_WAY = Duration.ofMillis(900);

    private static final String VIEW = "NotifySubscriberRequest";

    private final ServerCall<Received, Payload> call;
    private final RefTime times;
    private final Ticker ticker;
    private final Map<ServiceId, Subscription> subscriptions = new HashMap<>();
    private final Set<ServiceId> unsent = new LinkedHashSet<>();
    private final Set<ServiceId> failed = new LinkedHashSet<>();
    private final FuzzyWatches patterns = new FuzzyWatches();
    private final Map<Long, Awaited> awaited = new LinkedHashMap<>(); // in the order in which they were sent
    private final FuzzyWatches.Sender forPatterns = new FuzzyWatches.Sender() {
        @Override
        public boolean ready() {
            return call.isReady();
        }

        @Override
        public long send(String type, Json.Writing fields) {
            long id = nextId();
            awaited.put(id, new Awaited(ticker.nanos(), null));
            call.sendMessage(Message.request(type, id, fields));
            return id;
        }
    };
    private long lastId;
    private boolean closed;

    /** A request whose acknowledgement is to come: of a view of a service, or of names. */
    private record Awaited(long sentNanos, @Nullable ServiceId service) {}

    /** What this client wants of a service, and knows. */
    private static final class Subscription {
        Selection selection;
        ServiceView newest;
        long askedNanos;
        long awaitedId;

        Subscription(Selection selection, ServiceView newest, long askedNanos) {
            this.selection = selection;
            this.newest = newest;
            this.askedNanos = askedNanos;
        }
    }

    Pushes(ServerCall<Received, Payload> call, RefTime times, Ticker ticker) {
        this.call = call;
        this.times = times;
        this.ticker = ticker;
    }

    /**
     * Lets newer views of a service pass than {@code told}, which is told otherwise; throws {@code OVERLOADED} beyond the limit.
     *
     * @return what was selected of it before; empty if it was not subscribed
     */
    synchronized Optional<Selection> subscribe(ServiceView told, Selection selection) {
        ServiceId service = told.service();
        Subscription known = subscriptions.get(service);
        if (known == null && subscriptions.size() >= SUBSCRIPTIONS_MAX) {
            throw new RegistryException(
                    RegistryException.Code.OVERLOADED,
                    "subscribe: " + service + " (expected: at most " + SUBSCRIPTIONS_MAX + " on a connection)");
        }
        if (known == null) {
            subscriptions.put(service, new Subscription(selection, told, ticker.nanos()));
            return Optional.empty();
        }
        Selection former = known.selection;
        known.selection = selection;
        known.askedNanos = ticker.nanos();
        return Optional.of(former);
    }

    /** Lets no view of {@code service} pass any more, whatever the push loop has under way. */
    synchronized void unsubscribe(ServiceId service) {
        subscriptions.remove(service);
        unsent.remove(service);
        failed.remove(service);
    }

    /** Lets names of {@code pattern} pass. See {@link FuzzyWatches#watch}. */
    synchronized boolean watch(FuzzyPattern pattern, boolean initial, Collection<String> keys) {
        return patterns.watch(pattern, initial, keys);
    }

    /** Lets none pass any more; whether no other pattern needs the same names. */
    synchronized boolean cancel(FuzzyPattern pattern) {
        return patterns.cancel(pattern);
    }

    @Override
    public synchronized void offer(ServiceView view) {
        Subscription subscription = subscriptions.get(view.service());
        if (subscription != null && view.revision() > subscription.newest.revision()) {
            subscription.newest = view;
            unsent.add(view.service());
            sendWaiting();
        }
    }

    @Override
    public synchronized void offerNames(ServiceNames names) {
        patterns.offer(names);
        sendWaiting();
    }

    /** Sends a request that needs no acknowledgement, at once. */
    synchronized void send(String type, Json.Writing fields) {
        if (!closed) {
            call.sendMessage(Message.request(type, nextId(), fields));
        }
    }

    /** The client has answered the request with this id. */
    synchronized void acknowledged(long id, boolean success) {
        Awaited request = awaited.remove(id);
        if (request != null) {
            settled(id, request, success);
            sendWaiting();
        }
    }

    /** Whoever has not acknowledged in time, or may not have kept it, is sent again what there is now. */
    synchronized void retryOverdue() {
        long overdue = ticker.nanos() - ACKNOWLEDGED_WITHIN.toNanos();
        List<Long> late = new ArrayList<>();
        for (Map.Entry<Long, Awaited> request : awaited.entrySet()) {
            if (request.getValue().sentNanos() - overdue > 0) {
                break;
            }
            late.add(request.getKey());
        }
        late.forEach(id -> acknowledged(id, false));
        unsent.addAll(failed);
        failed.clear();
        patterns.retry();
        sendWaiting();
    }

    private void settled(long id, Awaited request, boolean success) {
        ServiceId service = request.service();
        if (service == null) {
            patterns.acknowledged(id, success);
            return;
        }
        Subscription subscription = subscriptions.get(service);
        if (!success && subscription != null && subscription.awaitedId == id) {
            failed.add(service);
        }
    }

    /** The client has read: there is room again. */
    synchronized void sendWaiting() {
        if (closed) {
            return;
        }
        Iterator<ServiceId> services = unsent.iterator();
        while (services.hasNext() && call.isReady()) {
            Subscription subscription = subscriptions.get(services.next());
            services.remove();
            if (subscription != null) {
                send(subscription);
            }
        }
        patterns.send(forPatterns);
    }

    private void send(Subscription subscription) {
        long id = nextId();
        ServiceView view = subscription.newest;
        awaited.remove(subscription.awaitedId);
        awaited.put(id, new Awaited(ticker.nanos(), view.service()));
        failed.remove(view.service());
        subscription.awaitedId = id;
        ByteString json = view.as(ViewJson.FORMAT).serviceInfo(subscription.selection, false, times.next());
        call.sendMessage(Message.request(VIEW, id, "serviceInfo", json));
        if (ticker.nanos() - subscription.askedNanos < ANSWER_ON_ITS_WAY.toNanos()) {
            failed.add(view.service());
        }
    }

    private long nextId() {
        return ++lastId;
    }

    /** Ends the stream; once. */
    void close(Status status) {
        synchronized (this) {
            if (closed) {
                return;
            }
            abandon();
        }
        call.close(status, new Metadata()); // outside the lock: gRPC may call back
    }

    /** Forgets everything: the stream is over. */
    synchronized void abandon() {
        closed = true;
        subscriptions.clear();
        unsent.clear();
        failed.clear();
        awaited.clear();
        patterns.clear();
    }
}
