package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** A client whose own task throws leaves nobody waiting and nothing running. */
class BrokenTest {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final ClientSettings SETTINGS = new ClientSettings(
            List.of("127.0.0.1:1"),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            true,
            KEEP_ALIVE,
            "broken",
            Optional.empty());

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();
    private final CountDownLatch asked = new CountDownLatch(1);

    @Test
    void ifItsLoopThrowsAlsoWhatWasQueuedThereIsAnswered() {
        RegistryClient client = client(address -> {
            awaitAsked();
            throw new IllegalStateException("the test breaks the client");
        });
        CompletableFuture<Written> queued = register(client);

        asked.countDown();

        await().until(queued::isDone);
        assertThat(code(queued)).isEqualTo(Code.UNKNOWN_OUTCOME);
        assertThat(code(register(client))).isEqualTo(Code.SHUTTING_DOWN);
        await().until(() -> ownThreads().findAny().isEmpty());
        client.close();
        client.close();
    }

    @Test
    void ifItsListenersLoopThrowsItEndsInItsOwnLoop() {
        CompletableFuture<ClientGround> ground = new CompletableFuture<>();
        RegistryClient client = client(ground, address -> Channels.open(address, KEEP_ALIVE));
        CompletableFuture<Written> waiting = register(client);

        ground.join().listeners().execute(() -> {
            throw new IllegalStateException("the test breaks the client");
        });

        await().until(waiting::isDone);
        assertThat(waiting).isCompletedExceptionally();
        await().until(() -> ownThreads().findAny().isEmpty());
        client.close();
    }

    @Test
    void itMayBeClosedWhereItsFailureIsHeardOf() {
        RegistryClient client = client(address -> {
            awaitAsked();
            throw new IllegalStateException("the test breaks the client");
        });
        CompletableFuture<Void> closed =
                register(client).handle((written, why) -> null).thenRun(client::close);

        asked.countDown();

        await().until(closed::isDone);
        assertThat(closed).isCompleted();
        await().until(() -> ownThreads().findAny().isEmpty());
    }

    private static RegistryClient client(Function<String, ManagedChannel> dial) {
        return client(new CompletableFuture<>(), dial);
    }

    private static RegistryClient client(CompletableFuture<ClientGround> made, Function<String, ManagedChannel> dial) {
        return new RegistryClient(SETTINGS, broken -> {
            ClientGround threads = ClientGround.threads(KEEP_ALIVE, broken);
            made.complete(threads);
            return new ClientGround(
                    threads.loop(),
                    threads.listeners(),
                    threads.ticker(),
                    threads.delays(),
                    threads.random(),
                    dial,
                    threads.end());
        });
    }

    private static CompletableFuture<Written> register(RegistryClient client) {
        Instance instance = Instance.ephemeral("10.0.0.1", 8080);
        return client.publish(new Change.Register(ORDERS, List.of(instance), Publisher.NONE));
    }

    private void awaitAsked() {
        try {
            asked.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Code code(CompletableFuture<?> call) {
        return call.handle((answer, why) -> ((RegistryException) why).code()).join();
    }

    private Stream<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("gemel-client"));
    }

    private static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5));
    }
}
