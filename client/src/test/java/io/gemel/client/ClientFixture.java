package io.gemel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;

/** A server that does what the test says, clients of it, and the ways to wait for them. */
class ClientFixture {
    /** Long, because the machine that runs the tests may be busy; a test that passes does not wait for it. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    final FakeServer server = opened(FakeServer.start());

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    <T extends AutoCloseable> T opened(T closeable) {
        open.push(closeable);
        return closeable;
    }

    NamingService connect(FakeServer... servers) {
        return connect(options(servers));
    }

    NamingService connect(ClientOptions options) {
        return opened(NamingService.connect(options));
    }

    static ClientOptions options(FakeServer... servers) {
        return ClientOptions.of(Stream.of(servers).map(FakeServer::address).toList())
                .withConnectTimeout(PATIENCE)
                .withRequestTimeout(PATIENCE);
    }

    static ConditionFactory await() {
        return Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    static void awaitStreams(FakeServer server, int count) {
        await().until(() -> server.streams().size() >= count);
    }

    /** Until the session is live on this server, on its stream of this number. */
    static void awaitLive(NamingService client, FakeServer server, int count) {
        awaitStreams(server, count);
        await().until(() -> client.server().equals(Optional.of(server.address())));
    }

    static void awaitDone(CompletableFuture<?> future) {
        await().until(future::isDone);
        assertThat(future).isCompleted();
    }

    static Code refusal(CompletableFuture<?> future) {
        return refused(future).code();
    }

    static RegistryException refused(CompletableFuture<?> future) {
        await().until(future::isDone);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        var unused = future.whenComplete((value, why) -> failure.set(why));
        assertThat(failure.get()).isInstanceOf(RegistryException.class);
        return (RegistryException) failure.get();
    }
}
