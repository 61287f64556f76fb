package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.Balancer;
import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.client.ServiceEvent;
import io.gemel.client.Strategy;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What callers know outlives the servers that told it: all of them killed, started anew with nothing in memory, or not there yet. */
class ClientCacheIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final Instance A = Instance.ephemeral("10.7.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.7.0.2", 8080);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static Cluster cluster;

    @BeforeAll
    static void configure() {
        cluster = SANDBOX.cluster();
    }

    @BeforeEach
    void heal() {
        cluster.heal();
    }

    @Test
    void aCallerStartsWithoutServersAndTakesOverWhatTheySayWhenTheyAreBack() {
        ServiceId service = ServiceId.of("started-without");
        NamingService provider = SANDBOX.client(cluster.nodes());
        provider.registerAll(service, List.of(A, B));
        Events first = new Events();
        try (NamingService caller = NamingService.connect(options())) {
            caller.subscribe(service, first);
            first.awaitInstances(A, B);
        }
        cluster.nodes().forEach(Node::kill);

        Events events = new Events();
        try (NamingService caller = NamingService.connect(options().withConnectTimeout(SHORT))) {
            caller.subscribe(service, events);
            events.awaitInstances(A, B);
            assertThat(events.all()).allMatch(event -> event.stale());
            Balancer balancer = caller.balancer(service.name(), Strategy.ROUND_ROBIN);
            assertThat(balancer.next()).isPresent();

            cluster.heal();

            eventually().until(() -> !events.all().get(events.all().size() - 1).stale());
            events.awaitInstances(A, B);
            provider.deregister(service, A);
            events.awaitInstances(B);
            assertThat(balancer.next()).contains(B);
        }
        assertThat(events.all()).noneMatch(event -> event.instances().isEmpty());
    }

    @Test
    void whenAllServersAreKilledTheListStaysAndWhenTheyAreStartedAnewItIsNeverEmpty() {
        ServiceId service = ServiceId.of("all-killed");
        NamingService provider = SANDBOX.client(cluster.nodes());
        provider.register(service, A);
        NamingService caller = SANDBOX.client(cluster.nodes());
        Events events = new Events();
        caller.subscribe(service, events);
        events.awaitInstances(A);

        cluster.nodes().forEach(Node::kill);
        eventually().until(() -> caller.server().isEmpty() && provider.server().isEmpty());
        assertThat(caller.selectOne(service)).contains(A);
        cluster.heal(); // which of the two finds a server first is chance

        eventually()
                .until(() -> caller.server().isPresent() && provider.server().isPresent());
        events.awaitInstances(A);
        for (Node node : cluster.nodes()) {
            eventually().untilAsserted(() -> assertThat(node.instances(service)).containsExactly(A));
        }
        assertThat(events.all())
                .allSatisfy(event -> assertThat(event.instances()).containsExactly(A));
    }

    @Test
    void whatIsGoneForGoodWhenTheServersAreStartedAnewIsGoneOnceTheyConfirmIt() {
        ServiceId service = ServiceId.of("gone-meanwhile");
        NamingService provider = NamingService.connect(ClientOptions.of(Cluster.addresses(cluster.nodes())));
        provider.register(service, A);
        NamingService caller = SANDBOX.client(cluster.nodes());
        Events events = new Events();
        caller.subscribe(service, events);
        events.awaitInstances(A);
        cluster.nodes().forEach(Node::kill);
        provider.close();
        cluster.heal();

        events.awaitInstances();

        assertThat(events.all()).as("not on the first word").anyMatch(ServiceEvent::stale);
        assertThat(events.removed()).containsExactly(A.key());
        assertThat(caller.selectOne(service)).isEmpty();
    }

    private static ClientOptions options() {
        Path dir = SANDBOX.dir().resolve("cache");
        return ClientOptions.of(Cluster.addresses(cluster.nodes())).withCacheDir(dir);
    }
}
