package io.gemel.naming;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * What a client can ask of the registry. Every door speaks to this, and to nothing behind it. Thread-safe; no method
 * blocks. Methods that return a future refuse through it, the others by throwing {@link RegistryException}.
 */
public final class Naming {
    private static final int PAGE_MAX = 1_000;

    private final ConsistencyService consistency;
    private final ServiceIndex index;
    private final Subscriptions subscriptions;
    private final Sessions sessions;
    private final Readiness readiness;

    /** The use cases over these parts. */
    public Naming(
            ConsistencyService consistency,
            ServiceIndex index,
            Subscriptions subscriptions,
            Sessions sessions,
            Readiness readiness) {
        this.consistency = consistency;
        this.index = index;
        this.subscriptions = subscriptions;
        this.sessions = sessions;
        this.readiness = readiness;
        readiness.whenReady(() -> subscriptions.open(index::view));
    }

    /**
     * Adds instances to a service, or replaces those at the same keys; all or none.
     *
     * @param publisher the caller's session; {@link Publisher#NONE} if it has none
     * @param precondition of persistent instances: what is now at their keys
     * @return done once this node's reads see them; fails with {@code BAD_REQUEST}, with {@code NO_SESSION} for
     *     ephemeral instances without a session, and as {@link ConsistencyService#write} does
     */
    public CompletableFuture<Written> register(
            ServiceId service, List<Instance> instances, Publisher publisher, Precondition precondition) {
        try {
            return write(new Change.Register(service, instances, publisher, precondition), publisher);
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    /** Removes the instances with these keys, as far as they are there. Fails as {@link #register} does. */
    public CompletableFuture<Written> deregister(
            ServiceId service,
            List<InstanceKey> keys,
            Durability durability,
            Publisher publisher,
            Precondition precondition) {
        try {
            return write(new Change.Deregister(service, keys, durability, publisher, precondition), publisher);
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    /** Sets or removes what operators want for a service as a whole. Fails as {@link #register} does. */
    public CompletableFuture<Written> setService(Change.SetService change) {
        return consistency.write(change);
    }

    /** Sets or removes what operators want for an address of a service. Fails as {@link #register} does. */
    public CompletableFuture<Written> setOverride(Change.SetOverride change) {
        return consistency.write(change);
    }

    private CompletableFuture<Written> write(Change change, Publisher publisher) {
        if (change.durability() == Durability.EPHEMERAL && publisher.equals(Publisher.NONE)) {
            throw new RegistryException(
                    RegistryException.Code.NO_SESSION, "an ephemeral instance cannot be written without a session");
        }
        return consistency.write(change);
    }

    /** The service as {@code level} asks; fails with {@code NOT_FOUND} if nothing is registered under it, {@code NOT_READY} while starting. */
    public CompletableFuture<ServiceView> find(ServiceId service, ReadLevel level) {
        try {
            readiness.require();
            if (level.equals(ReadLevel.LOCAL)) {
                return CompletableFuture.completedFuture(existing(service));
            }
            return consistency.readable(level).thenApply(readable -> existing(service));
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    /** Whether this node answers queries; see {@link Readiness}. */
    public boolean ready() {
        return readiness.ready();
    }

    /** The present view of {@code service} on this node, an empty one if nothing is registered under it; throws {@code NOT_READY} while starting. */
    public ServiceView present(ServiceId service) {
        readiness.require();
        return index.view(service);
    }

    /** What operators have set for a service, as {@code level} asks; also if nothing is. Fails with {@code NOT_READY} while starting. */
    public CompletableFuture<ServiceDescription> describe(ServiceId service, ReadLevel level) {
        try {
            readiness.require();
            CompletableFuture<Void> readable = level.equals(ReadLevel.LOCAL)
                    ? CompletableFuture.completedFuture(null)
                    : consistency.readable(level);
            return readable.thenApply(unused -> new ServiceDescription(
                    service, index.operatorState(service), index.view(service).tally(), index.unhealthy(service)));
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    private ServiceView existing(ServiceId service) {
        ServiceView view = index.view(service);
        if (view.isEmpty()) {
            throw new RegistryException(RegistryException.Code.NOT_FOUND, "service: " + service + " has no instances");
        }
        return view;
    }

    /**
     * A page of the names of services that have instances.
     *
     * @param group exactly this one; empty for all groups
     * @param after the last service of the previous page
     * @param limit 1..1000
     */
    public ServicePage services(String namespace, String group, Optional<ServiceId> after, int limit) {
        readiness.require();
        Limits.name("namespace", namespace);
        if (!group.isEmpty()) {
            Limits.name("group", group);
        }
        if (limit < 1 || limit > PAGE_MAX) {
            throw Limits.refuse("limit: %d (expected: 1..%d)", limit, PAGE_MAX);
        }
        List<ServiceId> page = new ArrayList<>();
        ServiceId lowest = ServiceId.lowest(namespace, group);
        boolean goesOn = after.isPresent() && after.get().compareTo(lowest) >= 0;
        for (ServiceId service : index.names(goesOn ? after.get() : lowest, !goesOn)) {
            boolean inGroup = group.isEmpty() || service.group().equals(group);
            if (!service.namespace().equals(namespace) || !inGroup) {
                break;
            }
            if (page.size() == limit) {
                return new ServicePage(page, true);
            }
            page.add(service);
        }
        return new ServicePage(page, false);
    }

    /**
     * A page by its number: {@code limit} names at most of services of exactly this {@code group} that have instances, after the first
     * {@code skip}, and how many there are in all. Costs a step for each of them. Throws {@code NOT_READY} while starting.
     */
    public CountedServices services(String namespace, String group, long skip, int limit) {
        readiness.require();
        List<ServiceId> page = new ArrayList<>();
        int total = 0;
        for (ServiceId service : index.names(new ServicePattern(namespace, group, "").lowest(), true)) {
            if (!service.namespace().equals(namespace) || !service.group().equals(group)) {
                break;
            }
            if (total >= skip && page.size() < limit) {
                page.add(service);
            }
            total++;
        }
        return new CountedServices(page, total);
    }

    /**
     * Offers {@code sink} the present view of {@code service}, then newer ones, until {@link #unwatch}. Who watches already is offered the
     * present one again. The service need not exist yet; while this node is starting, nothing is offered.
     */
    public void watch(ServiceId service, PushSink sink) {
        subscriptions.watch(service, sink, index::view);
    }

    /** Ends one watch. */
    public void unwatch(ServiceId service, PushSink sink) {
        subscriptions.unwatch(service, sink);
    }

    /**
     * Offers {@code sink} the names of the services that match {@code pattern}, then newer ones, until they are unwatched. While this node is
     * starting, nothing is offered.
     */
    public void watch(ServicePattern pattern, PushSink sink) {
        subscriptions.watch(pattern, sink, index);
    }

    /** Ends one watch of names. */
    public void unwatch(ServicePattern pattern, PushSink sink) {
        subscriptions.unwatch(pattern, sink);
    }

    /** Ends all watches of {@code sink}. */
    public void unwatchAll(PushSink sink) {
        subscriptions.unwatchAll(sink);
    }

    /**
     * The services of a namespace that have instances, or for which operators have set something as a whole; sorted. Of all namespaces if it is
     * empty. Costs a step for each service of the registry. Throws {@code NOT_READY} while starting.
     */
    public List<ServiceId> known(String namespace) {
        readiness.require();
        TreeSet<ServiceId> known = new TreeSet<>(index.described());
        index.names().forEach(known::add);
        return known.stream()
                .filter(service -> namespace.isEmpty() || service.namespace().equals(namespace))
                .toList();
    }

    /** The services for which operators have set something as a whole, whether they have instances or not. Throws {@code NOT_READY} while starting. */
    public List<ServiceId> described() {
        readiness.require();
        return index.described();
    }

    /** The sessions of this node. */
    public Sessions sessions() {
        return sessions;
    }
}
