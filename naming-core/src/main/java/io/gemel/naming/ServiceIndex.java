package io.gemel.naming;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;

/**
 * The registry's state: one immutable view per service.
 *
 * <p>Written only by the naming loop (I1), read by any thread without a lock. Changes gather during a turn of the loop
 * and become visible at its end, each service once; an acknowledgement left for the end of the turn after a change
 * therefore follows its view (I3). Revisions come from one counter of this server, so a service's revision only grows, even when
 * the service vanishes and returns, and one revision has one content (I2).
 */
public final class ServiceIndex {
    private final Loop loop;
    private final Consumer<List<ServiceView>> published;
    private final ConcurrentMap<ServiceId, ServiceView> views = new ConcurrentHashMap<>();
    private final ConcurrentSkipListSet<ServiceId> names = new ConcurrentSkipListSet<>();
    private final Map<ServiceId, Listed> services = new HashMap<>();
    private final Set<ServiceId> changed = new LinkedHashSet<>();
    private volatile long revision;
    private volatile long instances;

    /**
     * An empty index.
     *
     * @param published told of new views, in the loop, after readers can see them
     */
    public ServiceIndex(Loop loop, Consumer<List<ServiceView>> published) {
        this.loop = loop;
        this.published = published;
    }

    /** The present view; an empty one if nothing is registered. Any thread. */
    public ServiceView view(ServiceId service) {
        while (true) {
            long at = revision;
            ServiceView view = views.get(service);
            if (view != null) {
                return view;
            }
            // The revision passes a removal before it shows and an addition after it: absence between two equal
            // readings is true at that revision, after all that was listed before and before all that will be.
            if (revision == at) {
                return new ServiceView(service, at, List.of());
            }
        }
    }

    /** The services with instances, sorted, from {@code first} on. Any thread; weakly consistent. */
    Iterable<ServiceId> names(ServiceId first, boolean inclusive) {
        return names.tailSet(first, inclusive);
    }

    /** How many services have instances. Any thread. */
    public long services() {
        return views.size();
    }

    /** How many instances are listed. Any thread. */
    public long instances() {
        return instances;
    }

    /** Sets or removes what is persistent at {@code key}. Visible at the end of the loop's turn. */
    public void persistent(ServiceId service, InstanceKey key, Optional<Registration> now) {
        change(service, key, now, Durability.PERSISTENT);
    }

    /** Sets or removes what is ephemeral at {@code key}. Visible at the end of the loop's turn. */
    void ephemeral(ServiceId service, InstanceKey key, Optional<Registration> now) {
        change(service, key, now, Durability.EPHEMERAL);
    }

    private void change(ServiceId service, InstanceKey key, Optional<Registration> now, Durability durability) {
        Invariant.check(
                loop.inLoop(), "I1: index written on %s", Thread.currentThread().getName());
        Listed listed = services.computeIfAbsent(service, s -> new Listed());
        Map<InstanceKey, Registration> kind = switch (durability) {
            case EPHEMERAL -> listed.ephemeral;
            case PERSISTENT -> listed.persistent;
        };
        Optional<Registration> before =
                Optional.ofNullable(now.isPresent() ? kind.put(key, now.get()) : kind.remove(key));
        if (!before.equals(now)) {
            if (changed.isEmpty()) {
                loop.afterTurn(this::publish);
            }
            changed.add(service);
        } else if (listed.isEmpty()) {
            services.remove(service);
        }
    }

    private void publish() {
        List<ServiceView> fresh = new ArrayList<>(changed.size());
        long count = instances;
        for (ServiceId service : changed) {
            Listed listed = services.getOrDefault(service, Listed.NONE);
            ServiceView before = view(service);
            ServiceView after = new ServiceView(service, revision + 1, listed.merged());
            Invariant.check(after.revision() > before.revision(), "I2: %s after revision %d", after, before.revision());
            count += after.registrations().size() - before.registrations().size();
            if (after.isEmpty()) {
                services.remove(service);
                names.remove(service);
                revision = after.revision(); // before it shows: see view
                views.remove(service);
            } else {
                views.put(service, after);
                names.add(service);
                revision = after.revision(); // after it shows: see view
            }
            fresh.add(after);
        }
        changed.clear();
        instances = count;
        published.accept(fresh);
    }

    /** The instances of one service, by kind. Where both kinds claim a key, the persistent one, being agreed on, is shown. */
    private static final class Listed {
        static final Listed NONE = new Listed();

        final TreeMap<InstanceKey, Registration> persistent = new TreeMap<>();
        final TreeMap<InstanceKey, Registration> ephemeral = new TreeMap<>();

        boolean isEmpty() {
            return persistent.isEmpty() && ephemeral.isEmpty();
        }

        List<Registration> merged() {
            if (ephemeral.isEmpty()) {
                return List.copyOf(persistent.values());
            }
            if (persistent.isEmpty()) {
                return List.copyOf(ephemeral.values());
            }
            TreeMap<InstanceKey, Registration> all = new TreeMap<>(ephemeral);
            all.putAll(persistent);
            return List.copyOf(all.values());
        }
    }
}
