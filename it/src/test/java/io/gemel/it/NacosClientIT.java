package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.client.NamingService;
import io.gemel.it.nacos.NacosClient;
import io.gemel.it.nacos.NacosClient.Seen;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nacos's own Java clients, as they were published, are served by a cluster that they take for Nacos. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NacosClientIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    @RegisterExtension
    static final Compatibility TABLE = new Compatibility();

    private static final List<String> ALL_VERSIONS = List.of("1.4", "2.0", "2.2", "2.5", "3.2");
    private static final String SNAPSHOTS = "JM.SNAPSHOT.PATH";

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = SANDBOX.cluster(Cluster.SLOW_ELECTIONS);
        cluster.heal();
        System.setProperty(SNAPSHOTS, SANDBOX.dir().toString());
    }

    @AfterAll
    static void forget() {
        System.clearProperty(SNAPSHOTS);
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"2.0", "2.2", "2.5", "3.2"})
    void aClientRegistersDiscoversAndHearsOfChanges(String version) {
        proves(version, "registers, selects, subscribes, deregisters");
        String name = "orders-" + version;
        ServiceId service = ServiceId.of(name);
        List<List<Seen>> heard = new CopyOnWriteArrayList<>();
        try (NacosClient provider = Cluster.nacosClient(version, List.of(cluster.node(1)));
                NacosClient consumer = Cluster.nacosClient(version, List.of(cluster.node(2)))) {
            Object listener = consumer.listener(heard::add);
            consumer.call("subscribe", name, listener);

            provider.call("registerInstance", name, provider.instance("10.0.0.1", 80, true, 2.5, Map.of("k", "v")));
            Seen expected = new Seen("10.0.0.1:80", 2.5, true, true, "DEFAULT", Map.of("k", "v"));
            eventually()
                    .until(() -> !heard.isEmpty() && heard.get(heard.size() - 1).equals(List.of(expected)));
            eventually()
                    .untilAsserted(() -> assertThat(cluster.node(3).instances(service))
                            .as("seen through the registry's own door")
                            .containsExactly(Instance.ephemeral("10.0.0.1", 80)
                                    .withWeight(2.5)
                                    .withMetadata("k", "v")));
            assertThat(consumer.instances("getAllInstances", name)).containsExactly(expected);
            assertThat(consumer.instances("getAllInstances", name, false)).containsExactly(expected);
            assertThat(consumer.instances("selectInstances", name, true)).containsExactly(expected);
            assertThat(consumer.instances("selectInstances", name, false)).isEmpty();
            assertThat(consumer.one(
                            consumer.call("selectOneHealthyInstance", name).orElseThrow()))
                    .isEqualTo(expected);
            assertThat(consumer.services("DEFAULT_GROUP")).contains(name);
            assertThat(consumer.call("getServerStatus")).contains("UP");
            assertThat((List<?>) consumer.call("getSubscribeServices").orElseThrow())
                    .hasSize(1);

            consumer.call("unsubscribe", name, listener);
            provider.call("deregisterInstance", name, "10.0.0.1", 80);
            eventually()
                    .until(() ->
                            consumer.instances("getAllInstances", name, false).isEmpty());
        }
    }

    @Order(2)
    @ParameterizedTest
    @ValueSource(strings = {"2.2", "2.5", "3.2"})
    void aClientPublishesManyInstancesAtOnce(String version) {
        proves(version, "publishes many instances at once");
        String name = "batch-" + version;
        String group = "group";
        try (NacosClient client = Cluster.nacosClient(version, List.of(cluster.node(1)))) {
            Object first = client.instance("10.0.0.1", 80, true, 1, Map.of());
            Object second = client.instance("10.0.0.2", 80, true, 1, Map.of());
            client.call("batchRegisterInstance", name, group, List.of(first, second));
            assertThat(client.instances("getAllInstances", name, group, false)).hasSize(2);

            if (client.can("batchDeregisterInstance")) {
                client.call("batchDeregisterInstance", name, group, List.of(first));
                assertThat(client.instances("getAllInstances", name, group, false))
                        .extracting(Seen::address)
                        .containsExactly("10.0.0.2:80");
            }
        }
    }

    @Order(3)
    @ParameterizedTest
    @ValueSource(strings = {"1.4", "2.0", "2.2", "2.5", "3.2"})
    void aPersistentInstanceOutlivesItsClientAndKeepsItsServiceItsKind(String version) {
        proves(version, "registers persistent instances");
        String name = "persistent-" + version;
        try (NacosClient client = Cluster.nacosClient(version, List.of(cluster.node(1)))) {
            client.call("registerInstance", name, client.instance("10.0.0.1", 80, false, 1, Map.of()));
            assertThatThrownBy(() -> client.call("registerInstance", name, "10.0.0.2", 80))
                    .hasStackTraceContaining("is persistent service, can't register ephemeral instance");
            client.call("deregisterInstance", name, "10.0.0.2", 80);
        }
        try (NacosClient other = Cluster.nacosClient(version, List.of(cluster.node(2)))) {
            assertThat(other.instances("getAllInstances", name, false))
                    .containsExactly(new Seen("10.0.0.1:80", 1, true, false, "DEFAULT", Map.of()));
            other.call("deregisterInstance", name, other.instance("10.0.0.1", 80, false, 1, Map.of()));
            assertThat(other.instances("getAllInstances", name, false)).isEmpty();
        }
    }

    @Order(4)
    @Test
    void aClientOf3HearsWhichServicesComeAndGo() {
        proves("3.2", "watches names of services by pattern");
        List<String> heard = new CopyOnWriteArrayList<>();
        try (NacosClient provider = Cluster.nacosClient("3.2", List.of(cluster.node(1)));
                NacosClient consumer = Cluster.nacosClient("3.2", List.of(cluster.node(2)))) {
            provider.call("registerInstance", "fuzzy-a", "10.0.0.1", 80);
            eventually().until(() -> consumer.services("DEFAULT_GROUP").contains("fuzzy-a"));
            Object watcher = consumer.watcher(heard);
            consumer.call("fuzzyWatch", "fuzzy-*", "DEFAULT_GROUP", watcher);
            eventually().until(() -> heard.contains("ADD_SERVICE fuzzy-a"));

            provider.call("registerInstance", "fuzzy-b", "10.0.0.1", 80);
            eventually().until(() -> heard.contains("ADD_SERVICE fuzzy-b"));
            provider.call("deregisterInstance", "fuzzy-b", "10.0.0.1", 80);
            eventually().until(() -> heard.contains("DELETE_SERVICE fuzzy-b"));
            consumer.call("cancelFuzzyWatch", "fuzzy-*", "DEFAULT_GROUP", watcher);
        }
    }

    @Order(5)
    @Test
    void wheneverAServerIsKilledClientsRegisterElsewhereAndNobodySeesTheirInstancesMissing() {
        ServiceId held = ServiceId.of("failover");
        List<NacosClient> clients = new ArrayList<>();
        List<List<List<Seen>>> heard = new ArrayList<>();
        try {
            for (String version : ALL_VERSIONS) {
                proves(
                        version,
                        "has everything registered again and is told of changes after each server was killed in turn");
                NacosClient client = Cluster.nacosClient(version, cluster.nodes());
                clients.add(client);
                client.call("registerInstance", held.name(), "host-" + version, 80);
                heard.add(new CopyOnWriteArrayList<>());
                client.call("subscribe", "failover-watched", client.listener(heard.get(heard.size() - 1)::add));
            }
            for (Node killed : cluster.nodes()) {
                cluster.nodes()
                        .forEach(node ->
                                eventually().until(() -> hosts(node, held).size() == ALL_VERSIONS.size()));
                List<Node> survivors = cluster.others(killed);

                killed.kill();

                eventually().until(() -> {
                    survivors.forEach(node -> assertThat(hosts(node, held)).hasSize(ALL_VERSIONS.size()));
                    return survivors.stream().noneMatch(node -> holdsAnythingOf(killed, node));
                });
                NamingService gemel = SANDBOX.client(survivors);
                gemel.register(ServiceId.of("failover-watched"), Instance.persistent("10.0.0.9", killed.clientPort()));
                heard.forEach(events -> eventually()
                        .until(() -> !events.isEmpty()
                                && events.get(events.size() - 1).stream()
                                        .anyMatch(seen -> seen.address().equals("10.0.0.9:" + killed.clientPort()))));
                cluster.heal();
            }
        } finally {
            clients.forEach(NacosClient::close);
        }
    }

    private static void proves(String version, String what) {
        TABLE.proves("nacos-client (Java)", App.nacosClient(version), what);
    }

    private static boolean holdsAnythingOf(Node killed, Node survivor) {
        return survivor.status().orElseThrow().origins().stream()
                .anyMatch(origin -> origin.node().equals(killed.id()) && origin.entries() > 0);
    }

    private static List<String> hosts(Node node, ServiceId service) {
        return node.instances(service).stream()
                .filter(instance -> instance.durability() == Durability.EPHEMERAL)
                .map(instance -> instance.key().ip())
                .toList();
    }
}
