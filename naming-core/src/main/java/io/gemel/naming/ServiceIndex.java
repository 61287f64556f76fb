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
import java.util.function.Predicate;

/**
 * The registry's state: one immutable view per service, of instances as callers should take them, and what operators set.
 *
 * <p>Written only by the naming loop (I1), read by any thread without a lock. Changes gather during a turn of the loop
 * and become visible at its end, each service once; an acknowledgement left for the end of the turn after a change
 * therefore follows its view (I3). Revisions come from one counter of this server, so a service's revision only grows, even when
 * the service vanishes and returns, and one revision has one content (I2).
 */
public final class ServiceIndex {
    private final Loop loop;
    private final Consumer<List<ServiceView>> published;
    private final Selectors selectors;
    private final ConcurrentMap<ServiceId, ServiceView> views = new ConcurrentHashMap<>();
    private final ConcurrentMap<ServiceId, OperatorState> operatorStates = new ConcurrentHashMap<>();
    private final ConcurrentMap<ServiceId, Map<InstanceKey, String>> unhealthy = new ConcurrentHashMap<>();
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
    public ServiceIndex(Loop loop, Consumer<List<ServiceView>> published, Selectors selectors) {
        this.loop = loop;
        this.published = published;
        this.selectors = selectors;
    }

    /** An empty index that applies no selectors. */
    public ServiceIndex(Loop loop, Consumer<List<ServiceView>> published) {
        this(loop, published, Selectors.NONE);
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

    /** What operators have set for {@code service}. Any thread. */
    public OperatorState operatorState(ServiceId service) {
        return operatorStates.getOrDefault(service, OperatorState.NONE);
    }

    /** The persistent instances of {@code service} that the servers' checks have found unhealthy, and why. Any thread. */
    public Map<InstanceKey, String> unhealthy(ServiceId service) {
        return unhealthy.getOrDefault(service, Map.of());
    }

    /** The services with instances, sorted, from {@code first} on. Any thread; weakly consistent. */
    Iterable<ServiceId> names(ServiceId first, boolean inclusive) {
        return names.tailSet(first, inclusive);
    }

    /** All services with instances, sorted. Any thread; weakly consistent. */
    Iterable<ServiceId> names() {
        return names;
    }

    /** The services for which operators have set something as a whole. Any thread; weakly consistent. */
    List<ServiceId> described() {
        List<ServiceId> described = new ArrayList<>();
        operatorStates.forEach((service, state) -> {
            if (state.settings().isPresent()) {
                described.add(service);
            }
        });
        return described;
    }

    /** Whether {@code service} has instances. Any thread. */
    boolean lists(ServiceId service) {
        return views.containsKey(service);
    }

    /** How many services have instances. Any thread. */
    public long services() {
        return views.size();
    }

    /** How many instances are listed. Any thread. */
    public long instances() {
        return instances;
    }

    /** Whether what is at {@code key} is persistent. Within the loop. */
    public boolean isPersistent(ServiceId service, InstanceKey key) {
        checkLoop();
        Listed listed = services.get(service);
        return listed != null
                && !listed.persistent.isEmpty()
                && listed.persistent.find(key).isPresent();
    }

    /** Sets or removes what is persistent at {@code key}. Visible at the end of the loop's turn. */
    public void persistent(ServiceId service, InstanceKey key, Optional<Registration> now) {
        change(service, key, now, Durability.PERSISTENT);
    }

    /** Sets or removes what is ephemeral at {@code key}. Visible at the end of the loop's turn. */
    void ephemeral(ServiceId service, InstanceKey key, Optional<Registration> now) {
        change(service, key, now, Durability.EPHEMERAL);
    }

    /** Sets or removes what operators set for a service. Visible at the end of the loop's turn. */
    public void settings(ServiceId service, Optional<Versioned<ServiceSettings>> now) {
        checkLoop();
        Listed listed = listed(service);
        boolean changes = !listed.settings.equals(now);
        TypedMetadata typed = typed(now);
        if (!typed.equals(typed(listed.settings))) {
            listed.selector = selectors.find(service, typed);
        }
        listed.settings = now;
        touched(service, listed, changes);
    }

    private static TypedMetadata typed(Optional<Versioned<ServiceSettings>> settings) {
        return settings.map(Versioned::value).map(ServiceSettings::typed).orElse(TypedMetadata.NONE);
    }

    /** Sets or removes what operators set for an address, registered or not. Visible at the end of the loop's turn. */
    public void override(ServiceId service, InstanceKey key, Optional<Versioned<InstanceOverride>> now) {
        checkLoop();
        Listed listed = listed(service);
        listed.overrides = writable(listed.overrides);
        touched(service, listed, !put(listed.overrides, key, now).equals(now));
    }

    /** Sets why the persistent instance at {@code key} is unhealthy, or that it is not. Visible at the end of the loop's turn. */
    public void health(ServiceId service, InstanceKey key, Optional<String> unhealthyBecause) {
        checkLoop();
        Listed listed = listed(service);
        listed.unhealthy = writable(listed.unhealthy);
        touched(service, listed, !put(listed.unhealthy, key, unhealthyBecause).equals(unhealthyBecause));
    }

    private void change(ServiceId service, InstanceKey key, Optional<Registration> now, Durability durability) {
        checkLoop();
        Listed listed = listed(service);
        SortedRegistrations kind = switch (durability) {
            case EPHEMERAL -> listed.ephemeral;
            case PERSISTENT -> listed.persistent;
        };
        touched(service, listed, !kind.set(key, now).equals(now));
    }

    private void checkLoop() {
        Invariant.check(
                loop.inLoop(), "I1: index written on %s", Thread.currentThread().getName());
    }

    private Listed listed(ServiceId service) {
        return services.computeIfAbsent(service, s -> new Listed());
    }

    /** {@code map} itself once it holds anything; sorted. */
    private static <V> Map<InstanceKey, V> writable(Map<InstanceKey, V> map) {
        return map.isEmpty() ? new TreeMap<>() : map;
    }

    /** What was at {@code key} before. */
    private static <V> Optional<V> put(Map<InstanceKey, V> map, InstanceKey key, Optional<V> now) {
        return Optional.ofNullable(now.isPresent() ? map.put(key, now.get()) : map.remove(key));
    }

    private void touched(ServiceId service, Listed listed, boolean changes) {
        if (changes) {
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
            ServiceView after = listed.view(service, revision + 1);
            Invariant.check(after.revision() > before.revision(), "I2: %s after revision %d", after, before.revision());
            count += after.registrations().size() - before.registrations().size();
            if (listed.isEmpty()) {
                services.remove(service);
            }
            show(service, listed);
            if (after.isEmpty()) {
                names.remove(service);
                revision = after.revision(); // before it shows: see view
                views.remove(service);
            } else {
                views.put(service, after);
                if (before.isEmpty()) {
                    names.add(service);
                }
                revision = after.revision(); // after it shows: see view
            }
            fresh.add(after);
        }
        changed.clear();
        instances = count;
        published.accept(fresh);
    }

    private void show(ServiceId service, Listed listed) {
        if (listed.unhealthy.isEmpty()) {
            unhealthy.remove(service);
        } else {
            unhealthy.put(service, Map.copyOf(listed.unhealthy));
        }
        OperatorState state = listed.operatorState();
        if (state.isEmpty()) {
            operatorStates.remove(service);
        } else {
            operatorStates.put(service, state);
        }
    }

    /**
     * What is known of one service: its instances as they registered, by kind, and beside them what operators set. Where both kinds claim
     * a key, the persistent one, being agreed on, is shown. What is set is put over an instance where a view is made, and nowhere else:
     * what was registered stays as it is, so it shows again when the setting is removed.
     */
    private static final class Listed {
        static final Listed NONE = new Listed();

        final SortedRegistrations persistent = new SortedRegistrations();
        final SortedRegistrations ephemeral = new SortedRegistrations();
        Map<InstanceKey, Versioned<InstanceOverride>> overrides = Map.of(); // as of most services: see writable
        Map<InstanceKey, String> unhealthy = Map.of();
        Optional<Versioned<ServiceSettings>> settings = Optional.empty();
        Optional<Predicate<Instance>> selector = Optional.empty(); // of the settings

        boolean isEmpty() {
            return persistent.isEmpty()
                    && ephemeral.isEmpty()
                    && overrides.isEmpty()
                    && unhealthy.isEmpty()
                    && settings.isEmpty();
        }

        /** An empty view shows no settings: of a service without instances nothing is kept that every reader could see. */
        ServiceView view(ServiceId service, long revision) {
            List<Registration> registered = persistent.over(ephemeral);
            boolean asRegistered = overrides.isEmpty() && unhealthy.isEmpty();
            if (registered.isEmpty() || (asRegistered && settings.isEmpty())) {
                return new ServiceView(service, revision, registered);
            }
            List<Registration> shown = asRegistered
                    ? registered
                    : registered.stream().map(this::shown).toList();
            return new ServiceView(
                    service,
                    revision,
                    selector.map(selects -> withoutOthers(shown, selects)).orElse(shown),
                    settings.map(Versioned::value).orElse(ServiceSettings.NONE));
        }

        /** With a mark at what is not selected, unless that would leave no enabled instance. */
        private static List<Registration> withoutOthers(List<Registration> shown, Predicate<Instance> selects) {
            if (shown.stream()
                    .map(Registration::instance)
                    .filter(Instance::enabled)
                    .noneMatch(selects)) {
                return shown;
            }
            return shown.stream()
                    .map(registration -> selects.test(registration.instance()) ? registration : registration.leftOut())
                    .toList();
        }

        /** What checks found is put over what was registered: healthy is what is both. */
        private Registration shown(Registration registered) {
            boolean ill = unhealthy.containsKey(registered.key())
                    && registered.instance().durability() == Durability.PERSISTENT;
            Versioned<InstanceOverride> override = overrides.get(registered.key());
            if (!ill && override == null) {
                return registered; // itself: that it has not changed shows at a glance
            }
            Instance instance = ill ? registered.instance().withHealthy(false) : registered.instance();
            return override == null
                    ? new Registration(instance, registered.revision(), false, registered.suspect())
                    : new Registration(
                            override.value().over(instance), registered.revision(), true, registered.suspect());
        }

        OperatorState operatorState() {
            if (overrides.isEmpty() && settings.isEmpty()) {
                return OperatorState.NONE;
            }
            List<OperatorState.Overridden> overridden = new ArrayList<>(overrides.size());
            overrides.forEach(
                    (key, override) -> overridden.add(new OperatorState.Overridden(key, override, registered(key))));
            return new OperatorState(settings, overridden);
        }

        private Optional<Instance> registered(InstanceKey key) {
            return persistent.find(key).or(() -> ephemeral.find(key)).map(Registration::instance);
        }
    }
}
