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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What one connection publishes: of each service one publication, of one instance or of several. Another one for the same service takes its
 * place, wherever its instances are.
 *
 * <p>The registry keeps a session's instances by their addresses. So the new ones are registered first, and what the publication does not name is
 * deregistered once they are: a refusal leaves what was published before, and at no moment is neither listed. Of what more than one write takes, the
 * part that was registered before the refusal goes again; only what it replaced at its own address stays replaced.
 *
 * <p>Requests for one service take turns in the order in which they came, also those that came before the session was there: else the removal of
 * one would take away what the next one has registered. As many wait as a connection may have under way. Thread-safe; nothing blocks.
 */
final class Publishing {
    /** What one write to the registry may hold. */
    private static final int BATCH_MAX = 1_000;

    private final Naming naming;
    private final CompletableFuture<Publisher> session;

    /** Of each service the last request, until it is answered. */
    private final Map<ServiceId, CompletableFuture<Void>> turns = new ConcurrentHashMap<>();

    /** What is registered, changed by the request whose turn it is. What could not be removed is still in it, so that the next request removes it. */
    private final Map<ServiceId, Set<InstanceKey>> published = new ConcurrentHashMap<>();

    /** The publications in the name of {@code session}, once it is open; none yet. */
    Publishing(Naming naming, CompletableFuture<Publisher> session) {
        this.naming = naming;
        this.session = session;
    }

    /**
     * Makes {@code instances} all that this connection publishes of {@code service}; none at all ends it. Fails as the session does, as
     * {@link Naming#register}, and with {@code DURABILITY_CONFLICT} if the service is a persistent one; throws {@code BAD_REQUEST} for an instance that
     * is there twice.
     *
     * @param how what Nacos calls it, should it be refused
     */
    CompletableFuture<Void> publish(ServiceId service, List<Instance> instances, String how) {
        Set<InstanceKey> keys = new HashSet<>();
        for (Instance instance : instances) {
            if (!keys.add(instance.key())) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "Param 'instances' is illegal, " + instance.key() + " is in it twice.");
            }
        }
        return inTurn(service, publisher -> {
            ServiceKind.check(naming.present(service), Durability.EPHEMERAL, how);
            return replaced(publisher, service, instances, keys);
        });
    }

    /** Ends what this connection publishes of {@code service}, if it does. Fails as the session does, and as {@link Naming#deregister}. */
    CompletableFuture<Void> end(ServiceId service) {
        return inTurn(service, publisher -> withdrawn(publisher, service, Set.of()));
    }

    /** Does {@code work} once what was asked for {@code service} before is done, whatever came of it. */
    private synchronized CompletableFuture<Void> inTurn(
            ServiceId service, Function<Publisher, CompletableFuture<Void>> work) {
        CompletableFuture<Void> before = turns.get(service);
        CompletableFuture<Publisher> free = before == null
                ? session
                : before.handle((done, failure) -> true).thenCompose(over -> session);
        CompletableFuture<Void> turn = free.thenCompose(work);
        turns.put(service, turn);
        var unused = turn.whenComplete((done, failure) -> turns.remove(service, turn));
        return turn;
    }

    private CompletableFuture<Void> replaced(
            Publisher publisher, ServiceId service, List<Instance> instances, Set<InstanceKey> keys) {
        Set<InstanceKey> before = published(service);
        return inBatches(instances, some -> naming.register(service, some, publisher, Precondition.NONE))
                .thenCompose(registered -> {
                    Set<InstanceKey> now = new HashSet<>(before);
                    registered.done().forEach(instance -> now.add(instance.key()));
                    note(service, now);
                    return withdrawn(publisher, service, registered.isWhole() ? keys : before)
                            .thenCompose(removed -> registered.answer());
                });
    }

    /** Removes what is published of {@code service} and not {@code wanted}. */
    private CompletableFuture<Void> withdrawn(Publisher publisher, ServiceId service, Set<InstanceKey> wanted) {
        Set<InstanceKey> before = published(service);
        List<InstanceKey> stale =
                before.stream().filter(key -> !wanted.contains(key)).toList();
        if (stale.isEmpty()) {
            return CompletableFuture.completedFuture(null); // as nearly always
        }
        return inBatches(
                        stale,
                        some -> naming.deregister(service, some, Durability.EPHEMERAL, publisher, Precondition.NONE))
                .thenCompose(removed -> {
                    Set<InstanceKey> left = new HashSet<>(before);
                    removed.done().forEach(left::remove);
                    note(service, left);
                    return removed.answer();
                });
    }

    private Set<InstanceKey> published(ServiceId service) {
        return published.getOrDefault(service, Set.of());
    }

    private void note(ServiceId service, Set<InstanceKey> now) {
        if (now.isEmpty()) {
            published.remove(service);
        } else {
            published.put(service, Set.copyOf(now)); // most hold one key, and there are many
        }
    }

    /**
     * What became of a request that takes one write or several.
     *
     * @param done what was written
     * @param refusal why that is not all; empty if it is
     */
    private record Outcome<T>(List<T> done, Optional<Throwable> refusal) {
        boolean isWhole() {
            return refusal.isEmpty();
        }

        CompletableFuture<Void> answer() {
            return refusal.map(CompletableFuture::<Void>failedFuture)
                    .orElseGet(() -> CompletableFuture.completedFuture(null));
        }
    }

    /** Never fails. Once a part is refused at once, no more are begun. */
    private static <T> CompletableFuture<Outcome<T>> inBatches(
            List<T> all, Function<List<T>, CompletableFuture<Written>> write) {
        List<List<T>> parts = new ArrayList<>();
        List<CompletableFuture<Written>> writes = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH_MAX) {
            List<T> part = all.subList(from, Math.min(from + BATCH_MAX, all.size()));
            CompletableFuture<Written> written = write.apply(part);
            parts.add(part);
            writes.add(written);
            if (written.isCompletedExceptionally()) {
                break;
            }
        }
        return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).handle((every, refusal) -> {
            List<T> done = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                if (!writes.get(i).isCompletedExceptionally()) {
                    done.addAll(parts.get(i));
                }
            }
            return new Outcome<>(done, Optional.ofNullable(refusal));
        });
    }
}
