package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.bootstrap.demo.FreePorts;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dubbo's providers are found by its consumers through a cluster that they take for Nacos. Nothing of Dubbo is configured but the address. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DubboIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    @RegisterExtension
    static final Compatibility TABLE = new Compatibility();

    private static final String FRAMEWORK = "dubbo";

    /** As Dubbo names an interface in a registry of Nacos. */
    private static final ServiceId ORDERS = ServiceId.of("providers:io.gemel.it.apps.dubbo.Orders::");

    private static Cluster cluster;
    private static App first;
    private static App consumer;

    @BeforeAll
    static void start() {
        cluster = SANDBOX.sharedCluster();
        List<Integer> ports = FreePorts.loopback(2);
        first = provider("first", ports.get(0));
        provider("second", ports.get(1));
        consumer = SANDBOX.app(FRAMEWORK, "consumer", "dubbo.Consumer", registry());
    }

    private static App provider(String title, int port) {
        return SANDBOX.app(FRAMEWORK, title, "dubbo.Provider", title, Integer.toString(port), registry());
    }

    private static String registry() {
        return "nacos://%s?backup=%s"
                .formatted(
                        Cluster.nacosAddresses(List.of(cluster.node(1))),
                        Cluster.nacosAddresses(cluster.others(cluster.node(1))));
    }

    private static void proves(String what) {
        TABLE.proves(
                "Dubbo",
                "%s (nacos-client %s)"
                        .formatted(App.version(FRAMEWORK, "dubbo"), App.version(FRAMEWORK, "nacos-client")),
                what);
    }

    private static void eventuallyAnswer(String... titles) {
        eventually()
                .ignoreExceptionsMatching(e -> true)
                .untilAsserted(() -> assertThat(consumer.gets(10, "/call")).containsExactlyInAnyOrder(titles));
    }

    @Order(1)
    @Test
    void anInterfaceIsFoundAndCalled() {
        proves("registers interfaces, discovers and calls them");
        consumer.port();
        eventuallyAnswer("first", "second");
        assertThat(cluster.node(3).instances(ORDERS)).hasSize(2).allMatch(Instance::healthy);
    }

    /** Dubbo takes its registry for a configuration and metadata centre as well; here it is neither. */
    @Order(2)
    @Test
    void aServerSaysOnceThatItIsNoConfigurationCentre() {
        List<Long> told = cluster.nodes().stream()
                .map(node -> node.process()
                        .err()
                        .lines()
                        .filter(line -> line.contains("as its configuration centre"))
                        .count())
                .toList();
        assertThat(told).contains(1L).allMatch(times -> times <= 1);
    }

    @Order(3)
    @Test
    void whenAProviderIsKilledCallsGoOnToTheOtherAndWhenItIsBackToBoth() {
        proves("calls go on when a provider is killed, and reach it when it is back");
        first.kill();
        eventuallyAnswer("second");
        eventually().until(() -> cluster.node(2).instances(ORDERS).size() == 1);

        first.start();
        eventuallyAnswer("first", "second");
    }

    /** A consumer that names no application asks the metadata centre which ones offer the interface; there is none. */
    @Order(4)
    @Test
    void aProviderThatRegistersItsApplicationAloneIsFoundByThoseWhoNameIt() {
        proves("discovers by application, of which the consumer says the name (`provided-by`)");
        String port = Integer.toString(FreePorts.loopback(1).get(0));
        SANDBOX.app(FRAMEWORK, "third", "dubbo.Provider", "third", port, registry(), "instance");
        App other = SANDBOX.app(FRAMEWORK, "other", "dubbo.Consumer", registry(), "orders-provider");

        other.port();
        eventually()
                .ignoreExceptionsMatching(e -> true)
                .untilAsserted(() -> assertThat(other.gets(10, "/call")).contains("third"));
        assertThat(cluster.node(2).instances(ORDERS)).hasSize(2);
    }

    @Order(5)
    @Test
    void whenAServerIsKilledNobodyMissesACall() {
        proves("calls go on without an error when a server is killed");
        Node killed = cluster.busiest();
        killed.kill();

        // Longer than what the killed server held is kept for its sake.
        await().during(Duration.ofSeconds(12))
                .atMost(GemelProcess.PATIENCE)
                .until(() -> consumer.gets(10, "/call").equals(Set.of("first", "second")));
        for (Node survivor : cluster.others(killed)) {
            assertThat(survivor.instances(ORDERS)).hasSize(2).allMatch(Instance::healthy);
        }
        cluster.heal();
        assertThat(killed.instances(ORDERS)).hasSize(2);
    }
}
