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
import java.util.LinkedHashMap;
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
 * part that was registered before the refusal goes again, and what it replaced at its own address comes back; it is seen until then.
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
    private final Map<ServiceId, Map<InstanceKey, Instance>> published = new ConcurrentHashMap<>();

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
        Map<InstanceKey, Instance> wanted = new LinkedHashMap<>();
        for (Instance instance : instances) {
            if (wanted.put(instance.key(), instance) != null) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "Param 'instances' is illegal, " + instance.key() + " is in it twice.");
            }
        }
        return inTurn(service, publisher -> {
            ServiceKind.check(naming.present(service), Durability.EPHEMERAL, how);
            return replaced(publisher, service, wanted);
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
            Publisher publisher, ServiceId service, Map<InstanceKey, Instance> wanted) {
        Map<InstanceKey, Instance> before = published(service);
        return registered(publisher, service, List.copyOf(wanted.values())).thenCompose(outcome -> {
            if (outcome.isWhole()) {
                return withdrawn(publisher, service, wanted.keySet());
            }
            return restored(publisher, service, before).thenCompose(removed -> outcome.answer());
        });
    }

    /** Makes what is published of {@code service} what it was {@code before} a part of a publication was taken and another one refused. */
    private CompletableFuture<Void> restored(
            Publisher publisher, ServiceId service, Map<InstanceKey, Instance> before) {
        Map<InstanceKey, Instance> now = published(service);
        List<Instance> replaced = before.values().stream()
                .filter(former -> !former.equals(now.get(former.key())))
                .toList();
        return registered(publisher, service, replaced)
                .thenCompose(outcome -> withdrawn(publisher, service, before.keySet()));
    }

    private CompletableFuture<Outcome<Instance>> registered(
            Publisher publisher, ServiceId service, List<Instance> instances) {
        return inBatches(instances, some -> naming.register(service, some, publisher, Precondition.NONE))
                .thenApply(outcome -> {
                    Map<InstanceKey, Instance> now = new HashMap<>(published(service));
                    outcome.done().forEach(instance -> now.put(instance.key(), instance));
                    note(service, now);
                    return outcome;
                });
    }

    /** Removes what is published of {@code service} and not {@code wanted}. */
    private CompletableFuture<Void> withdrawn(Publisher publisher, ServiceId service, Set<InstanceKey> wanted) {
        Map<InstanceKey, Instance> before = published(service);
        List<InstanceKey> stale =
                before.keySet().stream().filter(key -> !wanted.contains(key)).toList();
        if (stale.isEmpty()) {
            return CompletableFuture.completedFuture(null); // as nearly always
        }
        return inBatches(
                        stale,
                        some -> naming.deregister(service, some, Durability.EPHEMERAL, publisher, Precondition.NONE))
                .thenCompose(removed -> {
                    Map<InstanceKey, Instance> left = new HashMap<>(before);
                    left.keySet().removeAll(removed.done());
                    note(service, left);
                    return removed.answer();
                });
    }

    private Map<InstanceKey, Instance> published(ServiceId service) {
        return published.getOrDefault(service, Map.of());
    }

    private void note(ServiceId service, Map<InstanceKey, Instance> now) {
        if (now.isEmpty()) {
            published.remove(service);
        } else {
            published.put(service, Map.copyOf(now)); // most hold one instance, and there are many
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
