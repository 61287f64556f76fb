package io.gemel.client;

import static io.gemel.client.FakeServer.view;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.WATCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that does all it can at once has two threads of its own. */
class ThreadsTest extends ClientFixture {
    private static final Probing OFTEN = new Probing(Duration.ofMillis(20), Duration.ofMillis(50), 8);

    @TempDir
    Path dir;

    @Test
    void aClientHasTwoThreadsBesidesThoseOfGrpcAlsoWithACacheAndProbes() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        NamingService client = connect(options(server).withCacheDir(dir));
        List<ServiceEvent> events = new CopyOnWriteArrayList<>();
        for (Strategy strategy : Strategy.values()) {
            int known = events.size();
            ServiceId service = ServiceId.of(strategy.name());
            client.subscribe(service, events::add);
            await().until(() -> server.stream().requests(WATCH).size() > known);
            server.stream().push(view(service, 1, Instance.ephemeral("127.0.0.1", server.port())));
            await().until(() -> events.size() > known);
            Balancer balancer =
                    client.balancer(service, BalancerOptions.of(strategy).withProbing(OFTEN));
            assertThat(balancer.next("key")).isPresent();
        }
        // Whoever waited above may have had a thread that is just ending.
        await().pollInSameThread()
                .during(Duration.ofMillis(300))
                .untilAsserted(
                        () -> assertThat(ownThreads(before)).containsExactly("gemel-client", "gemel-client-listeners"));
        client.close();
        await().pollInSameThread().until(() -> ownThreads(before).isEmpty());
    }

    /** Not gRPC's, and not the timer that all users of CompletableFuture in a JVM share. */
    private static List<String> ownThreads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> !name.startsWith("grpc-") && !name.equals("CompletableFutureDelayScheduler"))
                .sorted()
                .toList();
    }
}
