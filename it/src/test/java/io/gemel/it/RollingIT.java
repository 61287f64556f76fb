package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers go under clients that go on working, and no watcher sees anything missing. */
class RollingIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final int CLIENTS = 30;
    private static final int LOAD_THREADS = 2;
    private static final Duration STOP_LIMIT = GemelProcess.PATIENCE;

    private final Map<Instance, NamingService> clients = new LinkedHashMap<>();
    private final List<Events> watchers = new ArrayList<>();
    private final Set<InstanceKey> all = new TreeSet<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> load = new ArrayList<>();
    private Cluster cluster;

    @BeforeEach
    void start() {
        cluster = SANDBOX.cluster();
        cluster.heal();
    }

    @Test
    void noWatcherSeesAnInstanceMissingWhileAllServersAreRestartedOneAfterTheOtherUnderLoad() throws Exception {
        ServiceId service = ServiceId.of("rolling");
        register(service);
        work(service);

        for (Node node : cluster.nodes()) {
            int before = changes.get();
            assertThat(node.terminate(STOP_LIMIT)).isZero();
            node.start();
            node.awaitReady();
            cluster.awaitOrigins();
            eventually().until(() -> changes.get() > before + CLIENTS);
        }

        rest();
        assertNothingWasMissing();
    }

    @Test
    void noWatcherSeesAnInstanceMissingWhenAServerIsKilledUnderLoad() throws Exception {
        ServiceId service = ServiceId.of("killed");
        register(service);
        work(service);
        Node killed = cluster.leader();

        killed.kill();

        eventually()
                .until(() -> clients.values().stream()
                        .allMatch(client -> client.server()
                                .filter(server -> !server.equals(killed.address()))
                                .isPresent()));
        for (Node node : cluster.others(killed)) {
            eventually()
                    .until(() -> node.status().orElseThrow().origins().stream()
                            .noneMatch(origin -> origin.node().equals(killed.id())));
            assertThat(node.instances(service)).hasSize(CLIENTS);
        }
        rest();
        assertNothingWasMissing();
    }

    /** Clients are spread over the servers, and so are those who watch them. */
    private void register(ServiceId service) {
        for (int i = 1; i <= CLIENTS; i++) {
            Instance instance = Instance.ephemeral("10.40.0." + i, 80);
            NamingService client = SANDBOX.client(cluster.node(1 + i % 3));
            client.register(service, instance);
            clients.put(instance, client);
            all.add(instance.key());
        }
        for (Node node : cluster.nodes()) {
            Events events = new Events();
            SANDBOX.client(node).subscribe(service, events);
            watchers.add(events);
        }
        for (Events events : watchers) {
            eventually()
                    .until(() -> !events.all().isEmpty()
                            && events.all()
                                            .get(events.all().size() - 1)
                                            .instances()
                                            .size()
                                    == CLIENTS);
        }
    }

    /** Each client changes its instance time and again. */
    private void work(ServiceId service) {
        List<Instance> instances = List.copyOf(clients.keySet());
        for (int number = 0; number < LOAD_THREADS; number++) {
            int first = number;
            Thread thread = new Thread(() -> {
                for (int i = first; !over.get(); i += LOAD_THREADS) {
                    Instance instance = instances.get(i % instances.size());
                    try {
                        NamingService client = clients.get(instance);
                        if (client != null) {
                            client.register(service, instance.withMetadata(Map.of("n", String.valueOf(i))));
                            changes.incrementAndGet();
                        }
                    } catch (RegistryException busy) {
                        // what its client holds stays as it was, or is as it asked: both are there
                    }
                }
            });
            thread.start();
            load.add(thread);
        }
    }

    private void rest() throws InterruptedException {
        over.set(true);
        for (Thread thread : load) {
            thread.join();
        }
    }

    private void assertNothingWasMissing() {
        for (Events events : watchers) {
            assertThat(events.removed()).isEmpty();
            assertThat(events.all())
                    .last()
                    .satisfies(event -> assertThat(event.instances().stream()
                                    .map(Instance::key)
                                    .collect(Collectors.toSet()))
                            .isEqualTo(all));
        }
    }
}
