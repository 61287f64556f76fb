package io.gemel.client;

import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A client of a Gemel cluster. Thread-safe; one per application is enough.
 *
 * <p><b>Ephemeral</b> instances live as long as this client: it holds one session with one server at a time, and when that
 * server is lost it moves the session to another one and registers there all that was acknowledged and not deregistered
 * since, so that others see no gap. <b>Persistent</b> instances are written through Raft and stay until deregistered.
 *
 * <p><b>Failures.</b> Methods throw {@link RegistryException}; their {@code Async} forms return futures that fail with it.
 * Its code says what to do. Only {@code UNKNOWN_OUTCOME} leaves open whether a write took effect. A call is retried on
 * other servers within {@link ClientOptions#requestTimeout} as long as nothing was done; {@code OVERLOADED} and what only
 * the caller can correct come back at once. Null arguments throw {@link NullPointerException}, and a closed client
 * refuses with {@code SHUTTING_DOWN}.
 *
 * <p><b>Threads.</b> The client has two daemon threads of its own. Futures complete on one of them: what is chained to them
 * must not block, and a blocking method called there throws {@link IllegalStateException} instead of waiting for itself.
 * Listeners have the other thread and may block; that delays other listeners, what is written to a cache, and nothing else.
 */
public interface NamingService extends AutoCloseable {
    /**
     * Connects to a cluster and opens a session.
     *
     * @return once a server has answered; or none did in time, but {@linkplain ClientOptions#withCacheDir the cache} holds something: then it
     *     goes on looking for one
     * @throws RegistryException {@code UNAVAILABLE} if none did within {@link ClientOptions#connectTimeout}, or all refused the
     *     connection and {@link ClientOptions#awaitServer} is off; the message names every address tried and why it failed
     */
    static NamingService connect(ClientOptions options) {
        return ConnectedNamingService.connect(options);
    }

    /** What this client was made with. */
    ClientOptions options();

    /** The service {@code name} in this client's namespace and the default group. */
    default ServiceId service(String name) {
        return service(ServiceId.DEFAULT_GROUP, name);
    }

    /** The service {@code name} in this client's namespace and {@code group}. */
    ServiceId service(String group, String name);

    // --- registering -------------------------------------------------------------------------------------------

    /** As {@link #register(ServiceId, Instance)}, in this client's namespace and the default group. */
    default Written register(String service, Instance instance) {
        return register(service(service), instance);
    }

    /** As {@link #registerAll(ServiceId, List)}, with one instance. */
    default Written register(ServiceId service, Instance instance) {
        return registerAll(service, List.of(instance));
    }

    /** As {@link #registerAll(ServiceId, List, Precondition)}, with one instance. */
    default Written register(ServiceId service, Instance instance, Precondition precondition) {
        return registerAll(service, List.of(instance), precondition);
    }

    /** As {@link #register(ServiceId, Instance)}, without waiting. */
    default CompletableFuture<Written> registerAsync(ServiceId service, Instance instance) {
        return registerAllAsync(service, List.of(instance));
    }

    /**
     * Adds instances to a service, or replaces those at the same keys: all or none.
     *
     * <p>An ephemeral registration that was acknowledged is kept up until it is deregistered, over as many reconnections as
     * it takes; one that was refused, or whose outcome stayed unknown, is not.
     *
     * @param instances 1..1000, all ephemeral or all persistent
     * @return once reads on the answering server see them. Of persistent instances its revision can be used with
     *     {@link ReadLevel#atLeast} on any server
     */
    default Written registerAll(ServiceId service, List<Instance> instances) {
        return registerAll(service, instances, Precondition.NONE);
    }

    /** As {@link #registerAll(ServiceId, List)}, without waiting. */
    default CompletableFuture<Written> registerAllAsync(ServiceId service, List<Instance> instances) {
        return registerAllAsync(service, instances, Precondition.NONE);
    }

    /**
     * Registers persistent instances if {@code precondition} holds for each of them; else none, with {@code REVISION_CONFLICT},
     * whose message says what is there instead. The revision to ask for is that of a {@link ServiceView#find found} registration, or of
     * the last write.
     *
     * <p>After {@code UNKNOWN_OUTCOME} the caller may send the same write again: at most one of the two takes effect. A conflict
     * may then be the trace of the first, so read to find out.
     */
    Written registerAll(ServiceId service, List<Instance> instances, Precondition precondition);

    /** As {@link #registerAll(ServiceId, List, Precondition)}, without waiting. */
    CompletableFuture<Written> registerAllAsync(ServiceId service, List<Instance> instances, Precondition precondition);

    /** As {@link #deregister(ServiceId, Instance)}, in this client's namespace and the default group. */
    default Written deregister(String service, Instance instance) {
        return deregister(service(service), instance);
    }

    /** As {@link #deregisterAll(ServiceId, List)}, with one instance. */
    default Written deregister(ServiceId service, Instance instance) {
        return deregisterAll(service, List.of(instance));
    }

    /** As {@link #deregisterAll(ServiceId, List, Precondition)}, with one instance. */
    default Written deregister(ServiceId service, Instance instance, Precondition precondition) {
        return deregisterAll(service, List.of(instance), precondition);
    }

    /** As {@link #deregister(ServiceId, Instance)}, without waiting. */
    default CompletableFuture<Written> deregisterAsync(ServiceId service, Instance instance) {
        return deregisterAllAsync(service, List.of(instance));
    }

    /**
     * Removes the instances at the keys of these, as far as they are there. Ephemeral ones only if this client registered
     * them; persistent ones whoever did.
     *
     * @param instances 1..1000, all ephemeral or all persistent; only key and durability matter
     */
    default Written deregisterAll(ServiceId service, List<Instance> instances) {
        return deregisterAll(service, instances, Precondition.NONE);
    }

    /** As {@link #deregisterAll(ServiceId, List)}, without waiting. */
    default CompletableFuture<Written> deregisterAllAsync(ServiceId service, List<Instance> instances) {
        return deregisterAllAsync(service, instances, Precondition.NONE);
    }

    /** Removes persistent instances if {@code precondition} holds for each of them; else none. As {@link #registerAll(ServiceId, List, Precondition)}. */
    Written deregisterAll(ServiceId service, List<Instance> instances, Precondition precondition);

    /** As {@link #deregisterAll(ServiceId, List, Precondition)}, without waiting. */
    CompletableFuture<Written> deregisterAllAsync(
            ServiceId service, List<Instance> instances, Precondition precondition);

    /**
     * The highest revision of this client's acknowledged persistent writes; 0 before the first. With
     * {@link ReadLevel#atLeast} a read sees them all, whichever server answers it.
     */
    long lastRevision();

    // --- finding -----------------------------------------------------------------------------------------------

    /**
     * Asks a server for what is registered under a service, of both kinds.
     *
     * @param level how fresh the persistent instances must be
     * @throws RegistryException {@code NOT_FOUND} if nothing is registered
     */
    ServiceView find(ServiceId service, ReadLevel level);

    /** As {@link #find}, without waiting. */
    CompletableFuture<ServiceView> findAsync(ServiceId service, ReadLevel level);

    /** As {@link #instances(ServiceId, ReadLevel)}, in this client's namespace and the default group, as the server knows it now. */
    default List<Instance> instances(String service) {
        return instances(service(service), ReadLevel.LOCAL);
    }

    /** The instances of a service, sorted by key; empty if nothing is registered. Asks a server, as {@link #find} does. */
    List<Instance> instances(ServiceId service, ReadLevel level);

    /** As {@link #instances(ServiceId, ReadLevel)}, without waiting. */
    CompletableFuture<List<Instance>> instancesAsync(ServiceId service, ReadLevel level);

    /** As {@link #select(ServiceId, Selection)}, in this client's namespace and the default group. */
    default List<Instance> select(String service, Selection selection) {
        return select(service(service), selection);
    }

    /**
     * The wanted instances of a service, sorted by key; may be empty.
     *
     * <p>While the service is subscribed to, this answers from the newest state that the client was told, without asking a
     * server, also while no server can be reached. Otherwise it asks; if no server answers in time, what
     * {@linkplain ClientOptions#withCacheDir the cache} holds is the answer.
     */
    List<Instance> select(ServiceId service, Selection selection);

    /** As {@link #select(ServiceId, Selection)}, without waiting. */
    CompletableFuture<List<Instance>> selectAsync(ServiceId service, Selection selection);

    /** As {@link #selectOne(ServiceId)}, in this client's namespace and the default group. */
    default Optional<Instance> selectOne(String service) {
        return selectOne(service(service));
    }

    /**
     * One of the service's {@link Selection#USABLE} instances at random, each with a chance in proportion to its weight; empty
     * if there is none. While {@link ServiceView#protectionReached} unhealthy ones are among them. Answered as {@link #select(ServiceId, Selection)}: subscribe to the service to have it without a
     * round trip.
     */
    Optional<Instance> selectOne(ServiceId service);

    /** As {@link #selectOne(ServiceId)}, without waiting. */
    CompletableFuture<Optional<Instance>> selectOneAsync(ServiceId service);

    // --- balancing ---------------------------------------------------------------------------------------------

    /** As {@link #balancer(ServiceId, BalancerOptions)}, in this client's namespace and the default group, with the default options. */
    default Balancer balancer(String service, Strategy strategy) {
        return balancer(service(service), BalancerOptions.of(strategy));
    }

    /**
     * Chooses, call by call, among the instances of a service: for whoever calls it often. Subscribes to the service until it is closed.
     *
     * @return once the present instances are known, also if there are none; from the {@linkplain ClientOptions#withCacheDir cache} if no server
     *     can be reached
     */
    Balancer balancer(ServiceId service, BalancerOptions options);

    /** As {@link #balancer(ServiceId, BalancerOptions)}, without waiting. */
    CompletableFuture<Balancer> balancerAsync(ServiceId service, BalancerOptions options);

    /** As {@link #services(String, ServiceId, int)}, from the start. */
    ServicePage services(String group, int limit);

    /** As {@link #services(String, int)}, without waiting. */
    CompletableFuture<ServicePage> servicesAsync(String group, int limit);

    /**
     * The services in this client's namespace that have instances, sorted, a page at a time.
     *
     * @param group only those of this group; empty for all
     * @param after the last service of the previous page
     * @param limit of the page, 1..1000
     */
    ServicePage services(String group, ServiceId after, int limit);

    /** As {@link #services(String, ServiceId, int)}, without waiting. */
    CompletableFuture<ServicePage> servicesAsync(String group, ServiceId after, int limit);

    // --- following ---------------------------------------------------------------------------------------------

    /** As {@link #subscribe(ServiceId, ServiceListener)}, in this client's namespace and the default group. */
    default Subscription subscribe(String service, ServiceListener listener) {
        return subscribe(service(service), listener);
    }

    /**
     * Follows a service. Does not wait.
     *
     * <p>The first event has the present state, with everything added; it comes as soon as a server has told it, and also if
     * nothing is registered. Later ones come when instances, or what operators set for the service, differ from what this listener was told. When a server is lost
     * the subscription moves on, and the next event tells what has changed in between, if anything. Events never show an
     * empty service only because servers were lost: a server that the client has just found and that knows no instance where there were some
     * is asked again after some five seconds, and only then believed. Servers that were all started anew know ephemeral instances once
     * the clients that hold them have found them, too. Meanwhile the last list stands, marked as {@linkplain ServiceEvent#stale stale}.
     * Of a server that goes on, an empty service is believed at once.
     *
     * <p>While no server answers, the first event has what {@linkplain ClientOptions#withCacheDir the cache} holds, if it is on; it is stale, too.
     */
    Subscription subscribe(ServiceId service, ServiceListener listener);

    /**
     * Follows which services of this client's namespace have instances. Does not wait.
     *
     * <p>The first event has all names, with all of them added; it comes as soon as a server has told them, also if there are none. Later ones
     * come when services get their first instance or lose their last one. When a server is lost this goes on as {@link #subscribe(ServiceId, ServiceListener)} does.
     * A client has at most 100 different patterns at once; what is beyond waits until another one is given up.
     *
     * @param group only those of this group; empty for all
     * @param namePrefix only those whose names begin so; empty for all
     * @throws RegistryException {@code BAD_REQUEST} for what no name can have or begin with
     */
    Subscription subscribeServices(String group, String namePrefix, ServicesListener listener);

    // --- operating ---------------------------------------------------------------------------------------------

    /** What operators set for services and their addresses, by this client's connections. */
    ServiceOperator operator();

    // --- the cluster -------------------------------------------------------------------------------------------

    /** host:port of the server that holds this client's session now; empty while it looks for one. */
    Optional<String> server();

    /** What a server says of itself and of its peers: the one with this client's session, or another if that one fails. */
    NodeStatus status();

    /** As {@link #status()}, without waiting. */
    CompletableFuture<NodeStatus> statusAsync();

    /** What the server at {@code address} (host:port) says; {@code UNAVAILABLE} if it does not answer. Asks no other one. */
    NodeStatus status(String address);

    /** As {@link #status(String)}, without waiting. */
    CompletableFuture<NodeStatus> statusAsync(String address);

    /**
     * Ends the session and releases all resources. Waits, for a second at most, until the server has removed this client's
     * ephemeral instances; without a connection they go when the session expires. Calls under way fail with
     * {@code SHUTTING_DOWN}; but with {@code UNKNOWN_OUTCOME} what goes through Raft, such as a write of persistent instances,
     * if a server may have it already. Waits up to five seconds for a listener that is running. On a thread that is interrupted,
     * and where a future of this client completes, it does not wait: there it returns at once, and the same happens a little later.
     * Idempotent, any thread.
     */
    @Override
    void close();
}
