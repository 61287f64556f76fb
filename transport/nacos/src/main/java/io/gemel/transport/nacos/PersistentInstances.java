package io.gemel.transport.nacos;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Naming;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

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
                .thenCompose(written -> replaceOthers(service, instance.key(), written));
    }

    /** Of several that are registered at one address at the same time the last in the log stays; all of them see it so. */
    private CompletableFuture<Written> replaceOthers(ServiceId service, InstanceKey key, Written written) {
        CompletableFuture<Written> replaced = CompletableFuture.completedFuture(written);
        for (Registration other : at(service, key)) {
            int order = Long.compare(other.revision(), written.revision());
            // Writes of the same moment share an entry of the log, and so a revision.
            if (order < 0 || (order == 0 && other.key().compareTo(key) < 0)) {
                replaced = replaced.thenCombine(removeAsItIs(service, other), (last, removed) -> last);
            }
        }
        return replaced;
    }

    /** What was written since is somebody's later word, and not what was to be removed. */
    private CompletableFuture<Written> removeAsItIs(ServiceId service, Registration registration) {
        Precondition unchanged = Precondition.revision(registration.revision());
        return naming.deregister(service, List.of(registration.key()), Durability.PERSISTENT, Publisher.NONE, unchanged)
                .exceptionallyCompose(failure -> isConflict(failure)
                        ? CompletableFuture.completedFuture(new Written(registration.revision()))
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean isConflict(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RegistryException refusal && refusal.code() == RegistryException.Code.REVISION_CONFLICT;
    }

    /** Removes what is registered at the ip and port of {@code key}, if anything is. Fails as {@link Naming#deregister}. */
    CompletableFuture<Written> deregister(ServiceId service, InstanceKey key) {
        List<InstanceKey> there =
                at(service, key).stream().map(Registration::key).toList();
        // Not known here, it may yet be known elsewhere: then it is the one that is named.
        List<InstanceKey> named = there.isEmpty() ? List.of(key) : there;
        return naming.deregister(service, named, Durability.PERSISTENT, Publisher.NONE, Precondition.NONE);
    }

    private List<Registration> at(ServiceId service, InstanceKey key) {
        return naming.present(service).at(key.ip(), key.port()).stream()
                .filter(registration -> registration.instance().durability() == Durability.PERSISTENT)
                .toList();
    }
}
