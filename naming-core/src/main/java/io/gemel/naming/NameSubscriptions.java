package io.gemel.naming;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who watches the names of which services. Its state is the push loop's.
 *
 * <p>While nobody does, it costs nothing. Else it has the names of all services that have instances, and the naming loop notes which
 * services have changed (I7: whether one has instances is looked up when its turn comes). A change that leaves a service there, as most do, costs
 * one look; what comes and goes costs each pattern that it matches one list of its names, however many watch it and however much comes
 * and goes at once.
 */
final class NameSubscriptions {
    private final Set<ServiceId> pending = ConcurrentHashMap.newKeySet();
    private final TreeSet<ServiceId> names = new TreeSet<>();
    private final Map<ServicePattern, Watched> patterns = new HashMap<>();
    private volatile @Nullable ServiceIndex wanted; // whose names, if anybody's
    private long revision;

    /** What the watchers of a pattern are offered. */
    private static final class Watched {
        final Set<PushSink> sinks = new LinkedHashSet<>();
        ServiceNames newest;

        Watched(ServiceNames newest) {
            this.newest = newest;
        }
    }

    /** Takes note of new views. On the naming loop; says whether {@link #push} is to follow. */
    boolean published(List<ServiceView> views) {
        if (wanted == null) {
            return false;
        }
        views.forEach(view -> pending.add(view.service()));
        return true;
    }

    /** Offers {@code sink} the present names, and newer ones from now on; only newer ones if not {@code open}. */
    void watch(ServicePattern pattern, PushSink sink, boolean open, ServiceIndex index) {
        if (wanted == null) {
            // In this order: what is listed after we have looked, is noted; what was listed before it was to be noted,
            // we find.
            wanted = index;
            index.names().forEach(names::add);
        }
        Watched watched =
                patterns.computeIfAbsent(pattern, p -> new Watched(new ServiceNames(p, ++revision, matching(p))));
        watched.sinks.add(sink);
        if (open) {
            sink.offerNames(watched.newest);
        }
    }

    /** Offers everybody what there is: until now it was not known to be true. */
    void open() {
        push(false);
        patterns.values().forEach(NameSubscriptions::offer);
    }

    void unwatch(ServicePattern pattern, PushSink sink) {
        patterns.computeIfPresent(pattern, (p, watched) -> {
            watched.sinks.remove(sink);
            return watched.sinks.isEmpty() ? null : watched;
        });
        forgetIfUnwanted();
    }

    void unwatchAll(PushSink sink) {
        patterns.values().removeIf(watched -> watched.sinks.remove(sink) && watched.sinks.isEmpty());
        forgetIfUnwanted();
    }

    private void forgetIfUnwanted() {
        if (patterns.isEmpty()) {
            wanted = null;
            names.clear();
            pending.clear();
        }
    }

    /** Works off what was noted, and offers what has come of it. */
    void push(boolean open) {
        ServiceIndex index = wanted;
        if (index == null) {
            pending.clear();
            return;
        }
        Set<ServicePattern> changed = new HashSet<>();
        for (Iterator<ServiceId> services = pending.iterator(); services.hasNext(); ) {
            ServiceId service = services.next();
            services.remove(); // before the look: what changes after it, is noted again
            if (index.lists(service) ? names.add(service) : names.remove(service)) {
                patterns.keySet().stream()
                        .filter(pattern -> pattern.matches(service))
                        .forEach(changed::add);
            }
        }
        if (changed.isEmpty()) {
            return;
        }
        revision++;
        for (ServicePattern pattern : changed) {
            Watched watched = patterns.get(pattern);
            if (watched != null) {
                watched.newest = new ServiceNames(pattern, revision, matching(pattern));
                if (open) {
                    offer(watched);
                }
            }
        }
    }

    private static void offer(Watched watched) {
        watched.sinks.forEach(sink -> sink.offerNames(watched.newest));
    }

    private List<ServiceId> matching(ServicePattern pattern) {
        List<ServiceId> matching = new ArrayList<>();
        for (ServiceId service : names.tailSet(pattern.lowest(), true)) {
            if (!service.namespace().equals(pattern.namespace())
                    || (!pattern.group().isEmpty() && !service.group().equals(pattern.group()))) {
                break;
            }
            if (service.name().startsWith(pattern.namePrefix())) {
                matching.add(service);
            }
        }
        return matching;
    }
}
