package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Applications of Spring Cloud Alibaba find and call each other by name through a cluster that they take for Nacos. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SpringCloudIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    @RegisterExtension
    static final Compatibility TABLE = new Compatibility();

    private static final String FRAMEWORK = "spring-cloud";
    private static final ServiceId ORDERS = ServiceId.of("orders");

    private static Cluster cluster;
    private static App first;
    private static App second;
    private static App consumer;

    @BeforeAll
    static void start() {
        cluster = SANDBOX.sharedCluster();
        first = app("orders", "first");
        second = app("orders", "second");
        consumer = app("shop", "consumer");
    }

    private static App app(String name, String title) {
        return SANDBOX.app(
                FRAMEWORK,
                title,
                "springcloud.OrdersApplication",
                "--spring.application.name=" + name,
                "--app.title=" + title,
                "--server.address=" + Node.HOST,
                "--server.port=0",
                "--spring.cloud.nacos.discovery.server-addr=" + Cluster.nacosAddresses(cluster.nodes()),
                "--spring.cloud.nacos.discovery.ip=" + Node.HOST,
                // Else it answers for up to 35 s from what was there before, whatever its registry tells it.
                "--spring.cloud.loadbalancer.cache.enabled=false");
    }

    private static void proves(String what) {
        String version = App.version(FRAMEWORK, "spring-cloud-starter-alibaba-nacos-discovery");
        TABLE.proves(
                "Spring Cloud Alibaba",
                "%s (nacos-client %s)".formatted(version, App.version(FRAMEWORK, "nacos-client")),
                what);
    }

    private static List<Integer> ports(List<Instance> instances) {
        return instances.stream()
                .map(instance -> instance.key().port())
                .sorted()
                .toList();
    }

    @Order(1)
    @Test
    void providersAreSeenByEverybodyAndCalledByTheirName() {
        proves("registers, discovers, calls through a load-balanced `RestTemplate`");
        List<Integer> expected =
                List.of(first.port(), second.port()).stream().sorted().toList();
        NamingService gemel = SANDBOX.client(cluster.node(3));

        eventually()
                .untilAsserted(() -> assertThat(
                                gemel.find(ORDERS, ReadLevel.LOCAL).instances())
                        .hasSize(2)
                        .allSatisfy(instance -> {
                            assertThat(instance.durability()).isEqualTo(Durability.EPHEMERAL);
                            assertThat(instance.healthy()).isTrue();
                            assertThat(instance.metadata()).containsEntry("preserved.register.source", "SPRING_CLOUD");
                        }));
        assertThat(ports(gemel.find(ORDERS, ReadLevel.LOCAL).instances())).isEqualTo(expected);
        eventually()
                .until(() -> consumer.get("/find/orders")
                        .equals(expected.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"))));
        assertThat(consumer.get("/services")).contains("\"orders\"", "\"shop\"");
        eventually().until(() -> consumer.gets(10, "/call/orders").equals(Set.of("first", "second")));
    }

    @Order(2)
    @Test
    void whenAProviderStopsCallsGoOnToTheOtherAndWhenItIsBackToBoth() {
        proves("calls go on when a provider stops, and reach it when it is back");
        first.stop();
        eventually()
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(consumer.gets(10, "/call/orders")).containsExactly("second"));
        await().during(Duration.ofSeconds(2))
                .atMost(GemelProcess.PATIENCE)
                .until(() -> consumer.gets(10, "/call/orders").equals(Set.of("second")));
        assertThat(ports(cluster.node(1).instances(ORDERS))).containsExactly(second.port());

        first.start();
        eventually().until(() -> consumer.gets(10, "/call/orders").equals(Set.of("first", "second")));
    }

    @Order(3)
    @Test
    void whenAServerIsKilledNobodyMissesACall() {
        proves("calls go on without an error when a server is killed");
        Node killed = cluster.busiest();
        killed.kill();

        // Longer than what the killed server held is kept for its sake.
        await().during(Duration.ofSeconds(12))
                .atMost(GemelProcess.PATIENCE)
                .until(() -> consumer.gets(10, "/call/orders").equals(Set.of("first", "second")));
        for (Node survivor : cluster.others(killed)) {
            assertThat(survivor.instances(ORDERS)).hasSize(2).allMatch(Instance::healthy);
        }
        cluster.heal();
        assertThat(killed.instances(ORDERS)).hasSize(2);
    }
}
