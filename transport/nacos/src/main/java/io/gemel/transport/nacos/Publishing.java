package io.gemel.transport.nacos;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Naming;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What one connection publishes: of each service one publication, of one instance or of several. Another one for the same service takes its
 * place, wherever its instances are.
 *
 * <p>The registry keeps a session's instances by their addresses, so what the new publication does not name is deregistered right after it
 * is registered. The lock makes that one step among others of the connection; it is held while requests are handed to the naming loop, and
 * never while anything is told. Thread-safe.
 */
final class Publishing {
    /** What one write to the registry may hold. */
    private static final int BATCH_MAX = 1_000;

    private final Naming naming;
    private final Publisher publisher;
    private final Map<ServiceId, Set<InstanceKey>> published = new HashMap<>();

    /** The publications in the name of {@code publisher}, none yet. */
    Publishing(Naming naming, Publisher publisher) {
        this.naming = naming;
        this.publisher = publisher;
    }

    /**
     * Makes {@code instances} all that this connection publishes of {@code service}; none at all ends it. Fails as {@link Naming#register},
     * and throws {@code DURABILITY_CONFLICT} if the service is a persistent one.
     *
     * @param how what Nacos calls it, should it be refused
     */
    CompletableFuture<Void> publish(ServiceId service, List<Instance> instances, String how) {
        ServiceKind.check(naming.present(service), Durability.EPHEMERAL, how);
        Set<InstanceKey> keys = new HashSet<>();
        for (Instance instance : instances) {
            if (!keys.add(instance.key())) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "Param 'instances' is illegal, " + instance.key() + " is in it twice.");
            }
        }
        return all(publishing(service, instances, keys));
    }

    private synchronized List<CompletableFuture<Written>> publishing(
            ServiceId service, List<Instance> instances, Set<InstanceKey> keys) {
        List<CompletableFuture<Written>> writes = new ArrayList<>();
        for (int from = 0; from < instances.size(); from += BATCH_MAX) {
            List<Instance> some = instances.subList(from, Math.min(from + BATCH_MAX, instances.size()));
            CompletableFuture<Written> write = naming.register(service, some, publisher, Precondition.NONE);
            writes.add(write);
            if (write.isCompletedExceptionally()) {
                return writes; // what was published before stays until the client succeeds
            }
        }
        Set<InstanceKey> stale = new HashSet<>(published.getOrDefault(service, Set.of()));
        stale.removeAll(keys);
        published.put(service, Set.copyOf(keys)); // most hold one key, and there are many
        writes.addAll(removing(service, stale));
        return writes;
    }

    /** Ends what this connection publishes of {@code service}, if it does. Fails as {@link Naming#deregister}. */
    CompletableFuture<Void> end(ServiceId service) {
        return all(ending(service));
    }

    private synchronized List<CompletableFuture<Written>> ending(ServiceId service) {
        return removing(service, Set.copyOf(published.getOrDefault(service, Set.of())));
    }

    /** What could not be removed is still published, so that the client can ask for it again. */
    private List<CompletableFuture<Written>> removing(ServiceId service, Set<InstanceKey> stale) {
        Set<InstanceKey> left = new HashSet<>(published.getOrDefault(service, Set.of()));
        List<InstanceKey> keys = List.copyOf(stale);
        List<CompletableFuture<Written>> writes = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += BATCH_MAX) {
            List<InstanceKey> some = keys.subList(from, Math.min(from + BATCH_MAX, keys.size()));
            var write = naming.deregister(service, some, Durability.EPHEMERAL, publisher, Precondition.NONE);
            writes.add(write);
            if (write.isCompletedExceptionally()) {
                left.addAll(some);
            } else {
                some.forEach(left::remove);
            }
        }
        if (left.isEmpty()) {
            published.remove(service);
        } else {
            published.put(service, Set.copyOf(left));
        }
        return writes;
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Written>> writes) {
        return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new));
    }
}
