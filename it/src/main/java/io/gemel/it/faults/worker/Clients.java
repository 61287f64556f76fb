package io.gemel.it.faults.worker;

import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.client.ServiceEvent;
import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Ticker;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** Clients of the registry as people embed them, by name. Thread-safe. */
final class Clients {
    private final Map<String, NamingService> open = new ConcurrentHashMap<>();
    private final Executor blocking;
    private final Ticker ticker;
    private final Consumer<Push> shown;

    /**
     * No clients yet.
     *
     * @param blocking for what waits for a server
     * @param shown told what watchers are shown
     */
    Clients(Executor blocking, Ticker ticker, Consumer<Push> shown) {
        this.blocking = blocking;
        this.ticker = ticker;
        this.shown = shown;
    }

    CompletableFuture<Answer> open(String client, List<String> servers, String namespace, Duration deadline) {
        return CompletableFuture.supplyAsync(
                () -> {
                    if (open.containsKey(client)) {
                        return Outcomes.failed("BAD_REQUEST: client " + client + " is open already");
                    }
                    try {
                        open.put(
                                client,
                                NamingService.connect(ClientOptions.of(servers)
                                        .withNamespace(namespace)
                                        .withConnectTimeout(deadline)
                                        .withClientName(client)));
                        return Outcomes.done();
                    } catch (RegistryException refusal) {
                        return Outcomes.refused(refusal);
                    }
                },
                blocking);
    }

    CompletableFuture<Answer> register(String client, ServiceId service, List<Instance> instances) {
        return written(client, naming -> naming.registerAllAsync(service, instances));
    }

    CompletableFuture<Answer> deregister(String client, ServiceId service, List<Instance> instances) {
        return written(client, naming -> naming.deregisterAllAsync(service, instances));
    }

    CompletableFuture<Answer> watch(String client, ServiceId service) {
        return with(client, naming -> {
            var unused = naming.subscribe(service, event -> {
                if (!event.stale()) { // else no server has said so
                    shown.accept(push(client, naming, event));
                }
            });
            return CompletableFuture.completedFuture(Outcomes.done());
        });
    }

    CompletableFuture<Answer> close(String client) {
        return with(
                client,
                naming -> CompletableFuture.supplyAsync(
                        () -> {
                            open.remove(client);
                            naming.close();
                            return Outcomes.done();
                        },
                        blocking));
    }

    private Push push(String client, NamingService naming, ServiceEvent event) {
        return new Push(
                ticker.nanos(),
                client,
                event.service().toString(),
                naming.server().orElse(""),
                event.view().revision(),
                Outcomes.seen(event.view()));
    }

    private CompletableFuture<Answer> written(String client, Function<NamingService, CompletableFuture<Written>> call) {
        return with(client, naming -> call.apply(naming).thenApply(Outcomes::written));
    }

    private CompletableFuture<Answer> with(String client, Function<NamingService, CompletableFuture<Answer>> call) {
        NamingService naming = open.get(client);
        if (naming == null) {
            return CompletableFuture.completedFuture(Outcomes.failed("BAD_REQUEST: client " + client + " is not open"));
        }
        try {
            return call.apply(naming)
                    .exceptionally(failure -> refusal(failure)
                            .map(Outcomes::refused)
                            .orElseGet(() -> Outcomes.unknown("the client failed: " + failure)));
        } catch (RegistryException refusal) {
            return CompletableFuture.completedFuture(Outcomes.refused(refusal));
        }
    }

    private static Optional<RegistryException> refusal(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RegistryException refusal ? Optional.of(refusal) : Optional.empty();
    }
}
