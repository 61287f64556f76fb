package io.gemel.transport.nacos;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Naming;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Persistent instances as Nacos has them: one at each ip and port of a service, whichever cluster it is in. In the registry the cluster is part of
 * what identifies an instance, so the one at the same address in another cluster goes once the new one is there. Thread-safe.
 */
final class PersistentInstances {
    private final Naming naming;

    PersistentInstances(Naming naming) {
        this.naming = naming;
    }

    /** Registers {@code instance}, or replaces the one at its address. Fails as {@link Naming#register}, and if the service is an ephemeral one. */
    CompletableFuture<Written> register(ServiceId service, Instance instance) {
        ServiceKind.check(naming.present(service), Durability.PERSISTENT, "register");
        return naming.register(service, List.of(instance), Publisher.NONE, Precondition.NONE)
                .thenCompose(written -> {
                    List<InstanceKey> others = at(service, instance.key()).stream()
                            .filter(key -> !key.equals(instance.key()))
                            .toList();
                    return others.isEmpty() ? CompletableFuture.completedFuture(written) : remove(service, others);
                });
    }

    /** Removes what is registered at the ip and port of {@code key}, if anything is. Fails as {@link Naming#deregister}. */
    CompletableFuture<Written> deregister(ServiceId service, InstanceKey key) {
        List<InstanceKey> there = at(service, key);
        // Not known here, it may yet be known elsewhere: then it is the one that is named.
        return remove(service, there.isEmpty() ? List.of(key) : there);
    }

    private CompletableFuture<Written> remove(ServiceId service, List<InstanceKey> keys) {
        return naming.deregister(service, keys, Durability.PERSISTENT, Publisher.NONE, Precondition.NONE);
    }

    private List<InstanceKey> at(ServiceId service, InstanceKey key) {
        return naming.present(service).registrations().stream()
                .filter(registration -> registration.instance().durability() == Durability.PERSISTENT)
                .map(Registration::key)
                .filter(other -> other.port() == key.port() && other.ip().equals(key.ip()))
                .toList();
    }
}
