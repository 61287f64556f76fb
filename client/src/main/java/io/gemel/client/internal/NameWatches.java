package io.gemel.client.internal;

import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import io.gemel.naming.ServicePattern;
import io.gemel.transport.grpc.NamesCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which patterns of services are subscribed to, by whom, and the newest names of each. Confined to the client's loop.
 *
 * <p>As {@link Watches}: what the server should know is a set of patterns, and what it tells of changes counts only on top of names that came
 * as a whole on the same connection.
 */
final class NameWatches {
    private final Map<ServicePattern, Followed> followed = new LinkedHashMap<>();
    private final Set<ServicePattern> onServer = new HashSet<>();
    private final LinkedHashSet<ServicePattern> unsent = new LinkedHashSet<>();

    /** A message to send: begin or end the watch of a pattern. */
    record Step(ServicePattern pattern, boolean watch) {}

    /** What is known of a pattern. */
    private static final class Followed {
        final List<NameSubscriber> subscribers = new ArrayList<>(1);

        @Nullable
        ServiceNames newest;

        boolean inStep; // the newest names are what this connection's server has sent

        @Nullable
        Gathering gathering;
    }

    /** Names of which some parts have come. */
    private static final class Gathering {
        final long revision;
        final Set<ServiceId> names;
        int parts;

        Gathering(long revision, Set<ServiceId> names) {
            this.revision = revision;
            this.names = names;
        }
    }

    void add(ServicePattern pattern, NameSubscriber subscriber) {
        Followed known = followed.computeIfAbsent(pattern, p -> new Followed());
        if (known.subscribers.isEmpty()) {
            unsent.add(pattern);
        }
        known.subscribers.add(subscriber);
        if (known.newest != null) {
            subscriber.offer(known.newest);
        }
    }

    void remove(ServicePattern pattern, NameSubscriber subscriber) {
        Followed known = followed.get(pattern);
        if (known != null && known.subscribers.remove(subscriber) && known.subscribers.isEmpty()) {
            followed.remove(pattern);
            unsent.add(pattern);
        }
    }

    /** A server has told names. False if they lead nowhere from those that are known: then the pattern is to be watched anew. */
    boolean told(NamesCodec.Part part) {
        Followed known = followed.get(part.change().pattern());
        if (known == null) {
            return true; // it crossed our Unwatch on the way
        }
        if (part.number() == 0) {
            known.gathering = begun(known, part.change());
        }
        Gathering gathering = known.gathering;
        if (gathering == null && !known.inStep) {
            return true; // it crossed our Watch anew on the way
        }
        if (gathering == null || gathering.revision != part.change().revision() || gathering.parts++ != part.number()) {
            outOfStep(known, part.change().pattern());
            return false;
        }
        gathering.names.addAll(part.change().added());
        part.change().removed().forEach(gathering.names::remove);
        if (part.more()) {
            return true;
        }
        known.gathering = null;
        if (gathering.names.size() != part.change().total()) {
            outOfStep(known, part.change().pattern());
            return false;
        }
        ServiceNames names =
                new ServiceNames(part.change().pattern(), gathering.revision, List.copyOf(gathering.names));
        known.newest = names;
        known.inStep = true;
        known.subscribers.forEach(subscriber -> subscriber.offer(names));
        return true;
    }

    private static @Nullable Gathering begun(Followed known, ServiceNames.Change change) {
        if (change.fromRevision().isEmpty()) {
            return new Gathering(change.revision(), new TreeSet<>());
        }
        ServiceNames base = known.newest;
        boolean leadsOn = known.inStep
                && base != null
                && base.revision() == change.fromRevision().get();
        return leadsOn && base != null ? new Gathering(change.revision(), new TreeSet<>(base.services())) : null;
    }

    private void outOfStep(Followed known, ServicePattern pattern) {
        known.gathering = null;
        known.inStep = false;
        again(pattern);
    }

    /** A new connection, on which nothing is watched yet. */
    void restart() {
        onServer.clear();
        followed.values().forEach(known -> {
            known.gathering = null;
            known.inStep = false;
        });
        unsent.clear();
        unsent.addAll(followed.keySet());
    }

    /** The next message to send, taken as sent. */
    Optional<Step> next() {
        while (!unsent.isEmpty()) {
            ServicePattern pattern = unsent.iterator().next();
            unsent.remove(pattern);
            Followed known = followed.get(pattern);
            // As with views: if interest was gone for a moment, only a watch anew brings all names again.
            if (known != null ? onServer.add(pattern) || !known.inStep : onServer.remove(pattern)) {
                return Optional.of(new Step(pattern, known != null));
            }
        }
        return Optional.empty();
    }

    /** The server does not watch this pattern after all, or is to begin anew: it is to be told again. */
    void again(ServicePattern pattern) {
        onServer.remove(pattern);
        unsent.add(pattern);
    }

    void endAll() {
        followed.values().forEach(known -> known.subscribers.forEach(NameSubscriber::end));
    }
}
