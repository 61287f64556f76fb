package io.gemel.it.faults.worker;

import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One client process, commanded over its standard input and output. Every future ends: with INFO if the process dies or does
 * not answer (for a write), never exceptionally. Thread-safe.
 */
public interface Worker extends AutoCloseable {
    /** Its name, also its host's name in the network. */
    String name();

    /** Whether its process runs, frozen or not. */
    boolean alive();

    // ---- one attempt at one server: unary calls that nothing repeats ----

    /** Writes persistent instances at {@code server} (host:port); {@code ifRevision}: only if each still has this revision, 0: is absent. */
    CompletableFuture<Answer> write(
            String server, ServiceId service, List<Instance> instances, OptionalLong ifRevision, Duration deadline);

    /** Removes persistent instances at {@code server}. */
    CompletableFuture<Answer> remove(String server, ServiceId service, List<Instance> instances, Duration deadline);

    /** Lists a service at {@code server}. */
    CompletableFuture<Answer> list(String server, ServiceId service, ReadLevel level, Duration deadline);

    // ---- clients as people embed them: they hold a session, follow the members and resume elsewhere ----

    /** Opens a client with these servers in its list. */
    CompletableFuture<Answer> open(String client, List<String> servers, String namespace, Duration deadline);

    /** Registers ephemeral or persistent instances through {@code client}. */
    CompletableFuture<Answer> register(String client, ServiceId service, List<Instance> instances);

    /** Deregisters through {@code client}. */
    CompletableFuture<Answer> deregister(String client, ServiceId service, List<Instance> instances);

    /** Watches {@code service} through {@code client}; what it is shown goes to {@link #onPush}. */
    CompletableFuture<Answer> watch(String client, ServiceId service);

    /** Says goodbye: closes {@code client}. */
    CompletableFuture<Answer> close(String client);

    /** Who hears of pushes to this process's watchers; set before the first {@link #watch}. Called on one thread, in order. */
    void onPush(Consumer<Push> listener);

    // ---- the process ----

    /** SIGKILL. */
    void kill();

    /** SIGSTOP. */
    void freeze();

    /** SIGCONT. */
    void thaw();

    /** Ends the process, by kill if need be. */
    @Override
    void close();
}
