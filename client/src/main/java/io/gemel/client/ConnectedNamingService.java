package io.gemel.client;

import static java.util.Objects.requireNonNull;

import io.gemel.client.internal.ClientSettings;
import io.gemel.client.internal.ProbeSettings;
import io.gemel.client.internal.RegistryClient;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import io.gemel.naming.ServicePattern;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;

/** The public face of a {@link RegistryClient}: checks arguments, and chooses the way that an instance's durability asks for. */
final class ConnectedNamingService implements NamingService {
    private final ClientOptions options;
    private final RegistryClient client;
    private final ServiceOperator operator;

    private ConnectedNamingService(ClientOptions options, RegistryClient client) {
        this.options = options;
        this.client = client;
        this.operator = new ConnectedServiceOperator(client);
    }

    static NamingService connect(ClientOptions options) {
        requireNonNull(options, "options");
        RegistryClient client = RegistryClient.connect(new ClientSettings(
                options.servers(),
                options.requestTimeout(),
                options.connectTimeout(),
                options.awaitServer(),
                options.keepAlive(),
                options.clientName(),
                options.cacheDir()));
        return new ConnectedNamingService(options, client);
    }

    @Override
    public ClientOptions options() {
        return options;
    }

    @Override
    public ServiceId service(String group, String name) {
        return new ServiceId(options.namespace(), requireNonNull(group, "group"), requireNonNull(name, "name"));
    }

    @Override
    public Written registerAll(ServiceId service, List<Instance> instances, Precondition precondition) {
        return client.await(registerAllAsync(service, instances, precondition));
    }

    @Override
    public CompletableFuture<Written> registerAllAsync(
            ServiceId service, List<Instance> instances, Precondition precondition) {
        requireNonNull(service, "service");
        requireNonNull(instances, "instances");
        requireNonNull(precondition, "precondition");
        try {
            Change.Register change = new Change.Register(service, instances, Publisher.NONE, precondition);
            return switch (change.durability()) {
                case EPHEMERAL -> client.publish(change);
                case PERSISTENT -> client.write(change);
            };
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    @Override
    public Written deregisterAll(ServiceId service, List<Instance> instances, Precondition precondition) {
        return client.await(deregisterAllAsync(service, instances, precondition));
    }

    @Override
    public CompletableFuture<Written> deregisterAllAsync(
            ServiceId service, List<Instance> instances, Precondition precondition) {
        requireNonNull(service, "service");
        requireNonNull(instances, "instances");
        requireNonNull(precondition, "precondition");
        try {
            // Checks size and kinds as for a registration; they are the same.
            Durability durability = new Change.Register(service, instances, Publisher.NONE).durability();
            List<InstanceKey> keys = instances.stream().map(Instance::key).toList();
            Change.Deregister change = new Change.Deregister(service, keys, durability, Publisher.NONE, precondition);
            return switch (durability) {
                case EPHEMERAL -> client.publish(change);
                case PERSISTENT -> client.write(change);
            };
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    @Override
    public long lastRevision() {
        return client.lastRevision();
    }

    @Override
    public ServiceView find(ServiceId service, ReadLevel level) {
        return client.await(findAsync(service, level));
    }

    @Override
    public CompletableFuture<ServiceView> findAsync(ServiceId service, ReadLevel level) {
        return client.find(requireNonNull(service, "service"), requireNonNull(level, "level"));
    }

    @Override
    public List<Instance> instances(ServiceId service, ReadLevel level) {
        return client.await(instancesAsync(service, level));
    }

    @Override
    public CompletableFuture<List<Instance>> instancesAsync(ServiceId service, ReadLevel level) {
        return viewAsync(service, level).thenApply(ServiceView::instances);
    }

    /** As {@link #findAsync}, but an empty view if nothing is registered. */
    private CompletableFuture<ServiceView> viewAsync(ServiceId service, ReadLevel level) {
        return orEmpty(service, findAsync(service, level));
    }

    private static CompletableFuture<ServiceView> orEmpty(ServiceId service, CompletableFuture<ServiceView> found) {
        return found.handle((view, failure) -> {
            if (failure == null) {
                return view;
            }
            if (failure instanceof RegistryException refusal) {
                if (refusal.code() == RegistryException.Code.NOT_FOUND) {
                    return new ServiceView(service, 0, List.of());
                }
                throw refusal;
            }
            throw new AssertionError("not a refusal", failure);
        });
    }

    @Override
    public List<Instance> select(ServiceId service, Selection selection) {
        return client.await(selectAsync(service, selection));
    }

    @Override
    public CompletableFuture<List<Instance>> selectAsync(ServiceId service, Selection selection) {
        requireNonNull(service, "service");
        requireNonNull(selection, "selection");
        return orEmpty(service, client.newestOrFound(service)).thenApply(selection::of);
    }

    @Override
    public Optional<Instance> selectOne(ServiceId service) {
        return client.await(selectOneAsync(service));
    }

    @Override
    public CompletableFuture<Optional<Instance>> selectOneAsync(ServiceId service) {
        return selectAsync(service, Selection.USABLE)
                .thenApply(usable ->
                        WeightedChoice.of(usable, ThreadLocalRandom.current().nextDouble()));
    }

    @Override
    public Balancer balancer(ServiceId service, BalancerOptions options) {
        return client.await(balancerAsync(service, options));
    }

    @Override
    public CompletableFuture<Balancer> balancerAsync(ServiceId service, BalancerOptions options) {
        requireNonNull(service, "service");
        requireNonNull(options, "options");
        try {
            Runnable unwatch = client.watch(service, change -> {});
            return orEmpty(service, client.newestOrFound(service)).handle((view, failure) -> {
                if (failure != null) {
                    unwatch.run();
                    throw failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
                }
                return balancer(view, options, unwatch);
            });
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    private Balancer balancer(ServiceView first, BalancerOptions options, Runnable unwatch) {
        ConnectedBalancer balancer = new ConnectedBalancer(
                first, options, () -> client.newest(first.service()), client.ticker(), ThreadLocalRandom::current);
        Runnable endProbes = options.probing()
                .map(how -> client.probe(
                        new ProbeSettings(how.interval(), how.timeout(), how.concurrency()),
                        balancer::probeTargets,
                        balancer::probed))
                .orElse(() -> {});
        return balancer.endingWith(() -> {
            endProbes.run();
            unwatch.run();
        });
    }

    @Override
    public ServicePage services(String group, int limit) {
        return client.await(servicesAsync(group, limit));
    }

    @Override
    public CompletableFuture<ServicePage> servicesAsync(String group, int limit) {
        return page(group, Optional.empty(), limit);
    }

    @Override
    public ServicePage services(String group, ServiceId after, int limit) {
        return client.await(servicesAsync(group, after, limit));
    }

    @Override
    public CompletableFuture<ServicePage> servicesAsync(String group, ServiceId after, int limit) {
        return page(group, Optional.of(requireNonNull(after, "after")), limit);
    }

    private CompletableFuture<ServicePage> page(String group, Optional<ServiceId> after, int limit) {
        requireNonNull(group, "group");
        if (limit < 1 || limit > 1_000) {
            return CompletableFuture.failedFuture(new RegistryException(
                    RegistryException.Code.BAD_REQUEST, "limit: " + limit + " (expected: 1..1000)"));
        }
        return client.services(options.namespace(), group, after, limit);
    }

    @Override
    public Subscription subscribe(ServiceId service, ServiceListener listener) {
        requireNonNull(service, "service");
        requireNonNull(listener, "listener");
        Runnable end = client.watch(
                service,
                diff -> listener.changed(
                        new ServiceEvent(diff.view(), diff.added(), diff.removed(), diff.changed(), diff.stale())));
        return end::run;
    }

    @Override
    public Subscription subscribeServices(String group, String namePrefix, ServicesListener listener) {
        requireNonNull(listener, "listener");
        ServicePattern pattern = new ServicePattern(
                options.namespace(), requireNonNull(group, "group"), requireNonNull(namePrefix, "namePrefix"));
        Runnable end = client.watch(
                pattern,
                diff -> listener.changed(new ServicesEvent(diff.names().services(), diff.added(), diff.removed())));
        return end::run;
    }

    @Override
    public ServiceOperator operator() {
        return operator;
    }

    @Override
    public Optional<String> server() {
        return client.server();
    }

    @Override
    public NodeStatus status() {
        return client.await(statusAsync());
    }

    @Override
    public CompletableFuture<NodeStatus> statusAsync() {
        return client.status(Optional.empty());
    }

    @Override
    public NodeStatus status(String address) {
        return client.await(statusAsync(address));
    }

    @Override
    public CompletableFuture<NodeStatus> statusAsync(String address) {
        return client.status(Optional.of(requireNonNull(address, "address")));
    }

    @Override
    public void close() {
        client.close();
    }
}
