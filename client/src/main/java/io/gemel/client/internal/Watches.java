package io.gemel.client.internal;

import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.util.ArrayList;
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
 */
final class Watches {
    private final Map<ServiceId, List<Subscriber>> subscribers = new LinkedHashMap<>();
    private final Set<ServiceId> onServer = new HashSet<>();
    private final LinkedHashSet<ServiceId> unsent = new LinkedHashSet<>();
    private final ConcurrentMap<ServiceId, ServiceView> newest = new ConcurrentHashMap<>();

    /** A message to send: begin or end the watch of a service. */
    record Step(ServiceId service, boolean watch) {}

    void add(ServiceId service, Subscriber subscriber) {
        subscribers.computeIfAbsent(service, absent -> new ArrayList<>(1)).add(subscriber);
        unsent.add(service);
        ServiceView present = newest.get(service);
        if (present != null) {
            subscriber.offer(present);
        }
    }

    void remove(ServiceId service, Subscriber subscriber) {
        List<Subscriber> remaining = subscribers.get(service);
        if (remaining != null && remaining.remove(subscriber) && remaining.isEmpty()) {
            subscribers.remove(service);
            newest.remove(service);
            unsent.add(service);
        }
    }

    /** A server has told a view. */
    void told(ServiceView view) {
        List<Subscriber> interested = subscribers.get(view.service());
        if (interested != null) { // else it crossed our Unwatch on the way
            newest.put(view.service(), view);
            interested.forEach(subscriber -> subscriber.offer(view));
        }
    }

    /** The newest view of a service, if it is subscribed to and a server has told one. Any thread. */
    Optional<ServiceView> newest(ServiceId service) {
        return Optional.ofNullable(newest.get(service));
    }

    /** A new connection, on which nothing is watched yet. */
    void restart() {
        onServer.clear();
        unsent.clear();
        unsent.addAll(subscribers.keySet());
    }

    /** The next message to send, taken as sent. */
    Optional<Step> next() {
        while (!unsent.isEmpty()) {
            ServiceId service = unsent.iterator().next();
            unsent.remove(service);
            boolean wanted = subscribers.containsKey(service);
            if (wanted ? onServer.add(service) : onServer.remove(service)) {
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
