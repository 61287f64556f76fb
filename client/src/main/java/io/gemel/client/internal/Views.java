package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.transport.grpc.Refusals;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What the client knows of services, and where it knows it from: watches first, then a server, then the cache on disk. Confined to the client's
 * loop, except {@link #newest}.
 */
final class Views implements Watches.Events {
    /** How long a server, which may be about to start or to stop, has to tell of a service before the cache is asked. */
    private static final Duration TELLING = Duration.ofSeconds(1);

    private final ClientLoop loop;
    private final Optional<ViewCache> cache;
    private final Function<ServiceId, CompletableFuture<ServiceView>> find;
    private final Watches watches = new Watches(this);
    private final Confirmations confirmations;

    /**
     * Nothing is known yet.
     *
     * @param find asks a server that is ready; done in the loop
     */
    Views(ClientLoop loop, Optional<ViewCache> cache, Function<ServiceId, CompletableFuture<ServiceView>> find) {
        this.loop = loop;
        this.cache = cache;
        this.find = find;
        this.confirmations = new Confirmations(loop, watches, find);
    }

    Watches watches() {
        return watches;
    }

    /** The newest view of a service, if it is watched and anything is known of it. Any thread. */
    Optional<ServiceView> newest(ServiceId service) {
        return watches.newest(service);
    }

    /** As {@link #newest}, else what a server says, else, if none does, what the cache has. Fails as a question to a server does. */
    CompletableFuture<ServiceView> newestOrFound(ServiceId service) {
        return newest(service)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> find.apply(service).handle((view, failure) -> {
                    if (failure == null) {
                        believed(view);
                        return view;
                    }
                    RegistryException why = Refusals.received(failure, Refusals.Call.READ);
                    boolean silence = why.code() == Code.UNAVAILABLE || why.code() == Code.NOT_READY;
                    return recall(silence, service).orElseThrow(() -> why);
                }));
    }

    private Optional<ServiceView> recall(boolean needed, ServiceId service) {
        return needed ? cache.flatMap(kept -> kept.recall(service)) : Optional.empty();
    }

    /**
     * A service has been subscribed to.
     *
     * @param connected whether there is a server that may tell of it
     */
    void expected(ServiceId service, boolean connected) {
        if (cache.isEmpty()) {
            return;
        }
        if (connected) {
            var unused = loop.after(TELLING, () -> rememberUntold(service));
        } else {
            rememberUntold(service);
        }
    }

    private void rememberUntold(ServiceId service) {
        recall(watches.untold(service), service).ifPresent(watches::remembered);
    }

    void close() {
        cache.ifPresent(ViewCache::close);
    }

    @Override
    public void believed(ServiceView view) {
        cache.ifPresent(kept -> kept.keep(view));
    }

    @Override
    public void doubted(Watches.Doubt doubt) {
        confirmations.settle(doubt);
    }
}
