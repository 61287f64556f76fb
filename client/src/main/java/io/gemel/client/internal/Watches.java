package io.gemel.client.internal;

import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ViewDelta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which services are subscribed to, by whom, and the newest view of each. Confined to the client's loop, except {@link #newest}.
 *
 * <p>What the server should know is kept as a set of services whose watch has changed, not as a list of messages: however
 * often subscriptions come and go while nothing can be sent, at most one message per service is left to send.
 *
 * <p><b>An empty list replaces a full one only if it is confirmed.</b> On one connection it is: the server that told the full list has
 * followed the service since, and tells of its own changes. As the first word of a new connection it is not: revisions of two servers
 * cannot be compared, and servers that were all started anew know no ephemeral instance before its client has found them. Such a list is
 * doubted: the full one stays, marked as stale, until the server says something else or the doubt is {@link #confirmed}.
 *
 * <p>What a server tells of changes counts only on top of a view that came whole, or by such changes, on the same connection.
 */
final class Watches {
    private final Map<ServiceId, List<Subscriber>> subscribers = new LinkedHashMap<>();
    private final Set<ServiceId> onServer = new HashSet<>();
    private final LinkedHashSet<ServiceId> unsent = new LinkedHashSet<>();
    private final ConcurrentMap<ServiceId, Shown> newest = new ConcurrentHashMap<>();
    private final Set<ServiceId> followed = new HashSet<>(); // told and believed on this connection
    private final Map<ServiceId, Doubt> doubts = new HashMap<>();
    private final Set<ServiceId> inStep = new HashSet<>(); // what this connection's server has sent of them is here
    private final Events events;

    /** A message to send: begin or end the watch of a service. */
    record Step(ServiceId service, boolean watch) {}

    /** An empty list that a server told as the first word of a connection, where a full one was known. Each is itself alone. */
    static final class Doubt {
        private ServiceView empty;

        private Doubt(ServiceView empty) {
            this.empty = empty;
        }

        ServiceId service() {
            return empty.service();
        }
    }

    /** What others make of what servers tell. Called in the loop. */
    interface Events {
        /** A server's word is believed, and says something else than what was known. */
        void believed(ServiceView view);

        /** There is reason to ask again. */
        void doubted(Doubt doubt);
    }

    Watches(Events events) {
        this.events = events;
    }

    void add(ServiceId service, Subscriber subscriber) {
        List<Subscriber> interested = subscribers.computeIfAbsent(service, absent -> new ArrayList<>(1));
        if (interested.isEmpty()) {
            unsent.add(service);
        }
        interested.add(subscriber);
        Shown present = newest.get(service);
        if (present != null) {
            subscriber.offer(present);
        }
    }

    void remove(ServiceId service, Subscriber subscriber) {
        List<Subscriber> remaining = subscribers.get(service);
        if (remaining != null && remaining.remove(subscriber) && remaining.isEmpty()) {
            subscribers.remove(service);
            newest.remove(service);
            followed.remove(service);
            doubts.remove(service);
            inStep.remove(service);
            unsent.add(service);
        }
    }

    /**
     * A server has told what has changed. False if that leads nowhere from the newest view, or not to where it should: then the service is
     * to be watched anew, and until that brings a whole view the newest one stands.
     */
    boolean told(ViewDelta delta) {
        ServiceId service = delta.service();
        if (!inStep.contains(service)) {
            return true; // it crossed our Unwatch, or our Watch anew, on the way
        }
        Optional<ServiceView> view = sent(service).flatMap(delta::appliedTo);
        view.ifPresentOrElse(this::told, () -> {
            inStep.remove(service);
            again(service);
        });
        return view.isPresent();
    }

    /** What this connection's server has sent last of a service that is in step: what is shown, or what is doubted. */
    private Optional<ServiceView> sent(ServiceId service) {
        Doubt doubt = doubts.get(service);
        return doubt == null ? newest(service) : Optional.of(doubt.empty);
    }

    /** A server has told a view. */
    void told(ServiceView view) {
        ServiceId service = view.service();
        if (!subscribers.containsKey(service)) {
            return; // it crossed our Unwatch on the way
        }
        inStep.add(service);
        Shown known = newest.get(service);
        if (view.isEmpty() && known != null && !known.view().isEmpty() && !followed.contains(service)) {
            doubt(view);
            show(new Shown(known.view(), true));
        } else {
            believe(view);
        }
    }

    private void doubt(ServiceView empty) {
        Doubt present = doubts.get(empty.service());
        if (present == null) {
            Doubt doubt = new Doubt(empty);
            doubts.put(empty.service(), doubt);
            events.doubted(doubt);
        } else {
            present.empty = empty;
        }
    }

    private void believe(ServiceView view) {
        ServiceId service = view.service();
        doubts.remove(service);
        followed.add(service);
        Shown known = newest.get(service);
        show(new Shown(view, false));
        if (known == null || !ViewDiff.same(known.view(), view)) {
            events.believed(view);
        }
    }

    /** Whether {@code doubt} is neither confirmed nor settled otherwise, on the connection that it came from. */
    boolean stands(Doubt doubt) {
        return doubts.get(doubt.service()) == doubt;
    }

    /** The service of {@code doubt} is empty indeed. */
    void confirmed(Doubt doubt) {
        if (stands(doubt)) {
            believe(doubt.empty);
        }
    }

    /** What was known of a service at another time stands in for what no server has told. */
    void remembered(ServiceView view) {
        if (untold(view.service())) {
            show(new Shown(view, true));
        }
    }

    /** Whether a service is subscribed to and nothing is known of it. */
    boolean untold(ServiceId service) {
        return subscribers.containsKey(service) && !newest.containsKey(service);
    }

    private void show(Shown shown) {
        ServiceId service = shown.view().service();
        newest.put(service, shown);
        subscribers.getOrDefault(service, List.of()).forEach(subscriber -> subscriber.offer(shown));
    }

    /** The newest view of a service, if it is subscribed to and anything is known of it. Any thread. */
    Optional<ServiceView> newest(ServiceId service) {
        return Optional.ofNullable(newest.get(service)).map(Shown::view);
    }

    /** A new connection, on which nothing is watched yet. */
    void restart() {
        onServer.clear();
        followed.clear();
        doubts.clear();
        inStep.clear();
        unsent.clear();
        unsent.addAll(subscribers.keySet());
    }

    /** The next message to send, taken as sent. */
    Optional<Step> next() {
        while (!unsent.isEmpty()) {
            ServiceId service = unsent.iterator().next();
            unsent.remove(service);
            boolean wanted = subscribers.containsKey(service);
            // If interest was gone for a moment, the view was forgotten here, and only a watch anew brings another
            // whole one.
            if (wanted ? onServer.add(service) || !inStep.contains(service) : onServer.remove(service)) {
                return Optional.of(new Step(service, wanted));
            }
        }
        return Optional.empty();
    }

    /** The server does not watch this service after all: it is to be told again. */
    void again(ServiceId service) {
        onServer.remove(service);
        unsent.add(service);
    }

    void endAll() {
        subscribers.values().forEach(all -> all.forEach(Subscriber::end));
    }
}
