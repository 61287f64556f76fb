package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.client.NamingService;
import io.gemel.it.nacos.NacosClient;
import io.gemel.it.nacos.NacosClient.Seen;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An unmodified client of Nacos 1.4, which knows HTTP and datagrams alone, against a cluster; and Gemel's own client beside it. */
class NacosHttpClientIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    @RegisterExtension
    static final Compatibility TABLE = new Compatibility();

    /** A client that says often that it lives, and whose instances go soon after it does not. */
    private static final Map<String, String> LIVELY = Map.of(
            "preserved.heart.beat.interval", "500",
            "preserved.heart.beat.timeout", "2500",
            "preserved.ip.delete.timeout", "4000");

    private Cluster cluster;
    private NacosClient old;

    @BeforeEach
    void start() {
        cluster = SANDBOX.sharedCluster();
        old = client(cluster.node(1));
    }

    @AfterEach
    void stop() {
        old.close();
    }

    private static void proves(String what) {
        TABLE.proves("nacos-client (Java)", App.nacosClient("1.4"), what);
    }

    private static NacosClient client(Node server) {
        return Cluster.nacosClient("1.4", List.of(server));
    }

    private List<String> addresses(String service) {
        return old.instances("getAllInstances", service, false).stream()
                .map(Seen::address)
                .sorted()
                .toList();
    }

    private static List<String> newest(List<List<Seen>> heard) {
        return heard.isEmpty()
                ? List.of()
                : heard.get(heard.size() - 1).stream()
                        .map(Seen::address)
                        .sorted()
                        .toList();
    }

    private List<Instance> at(int node, String service) {
        return cluster.node(node).instances(ServiceId.of(service));
    }

    @Test
    void whatAnOldClientRegistersLivesByItsBeatsAndGoesWithThem() {
        proves("keeps instances by heartbeats alone");
        assertThat(old.call("getServerStatus")).contains("UP");
        NacosClient other = client(cluster.node(2));
        other.call("registerInstance", "old-beats", other.instance("10.14.0.1", 80, true, 1, LIVELY));

        for (int node = 1; node <= 3; node++) {
            int asked = node;
            eventually().untilAsserted(() -> assertThat(at(asked, "old-beats")).hasSize(1));
            assertThat(at(node, "old-beats").get(0).metadata()).isEqualTo(LIVELY);
        }
        assertThat(old.services("DEFAULT_GROUP")).contains("old-beats");
        await().during(Duration.ofSeconds(5))
                .atMost(GemelProcess.PATIENCE)
                .until(() -> at(3, "old-beats").stream().anyMatch(Instance::healthy));

        other.close();
        for (int node = 1; node <= 3; node++) {
            int asked = node;
            eventually().untilAsserted(() -> assertThat(at(asked, "old-beats")).isEmpty());
        }
    }

    @Test
    void anOldClientIsToldOfWhatOthersRegisterAndOthersOfWhatItDoes() throws IOException, InterruptedException {
        proves("registers, selects, subscribes, deregisters");
        NamingService gemel = SANDBOX.client(cluster.node(2));
        List<List<Seen>> heard = new CopyOnWriteArrayList<>();
        old.call("subscribe", "old-mixed", old.listener(heard::add));
        int acknowledged = acknowledged();
        gemel.register(ServiceId.of("old-mixed"), Instance.persistent("10.14.1.1", 80));

        eventually().until(() -> newest(heard).equals(List.of("10.14.1.1:80")));
        eventually().untilAsserted(() -> assertThat(acknowledged()).isGreaterThan(acknowledged));

        old.call("registerInstance", "old-mixed", old.instance("10.14.1.2", 80, false, 1, Map.of("zone", "a")));
        eventually().until(() -> newest(heard).equals(List.of("10.14.1.1:80", "10.14.1.2:80")));
        assertThat(gemel.find(ServiceId.of("old-mixed"), ReadLevel.LINEARIZABLE).instances())
                .filteredOn(instance -> instance.key().ip().equals("10.14.1.2"))
                .singleElement()
                .satisfies(instance -> {
                    assertThat(instance.durability()).isEqualTo(Durability.PERSISTENT);
                    assertThat(instance.metadata()).isEqualTo(Map.of("zone", "a"));
                });

        old.call("deregisterInstance", "old-mixed", old.instance("10.14.1.2", 80, false, 1, Map.of()));
        gemel.deregister(ServiceId.of("old-mixed"), Instance.persistent("10.14.1.1", 80));
        eventually().until(() -> addresses("old-mixed").isEmpty());
    }

    @Test
    void anOldClientSeesAGemelClientsEphemeralInstanceAndDeregistersItsOwnAtOnce() {
        NamingService gemel = SANDBOX.client(cluster.node(3));
        gemel.register(ServiceId.of("old-ephemeral"), Instance.ephemeral("10.14.2.1", 80));
        old.call("registerInstance", "old-ephemeral", "10.14.2.2", 80);

        eventually().until(() -> addresses("old-ephemeral").equals(List.of("10.14.2.1:80", "10.14.2.2:80")));
        old.call("deregisterInstance", "old-ephemeral", "10.14.2.2", 80);
        for (int node = 1; node <= 3; node++) {
            int asked = node;
            eventually()
                    .untilAsserted(() -> assertThat(at(asked, "old-ephemeral")).hasSize(1));
        }
        gemel.close();
        eventually().until(() -> addresses("old-ephemeral").isEmpty());
    }

    /** How many datagrams clients have acknowledged to the first node. */
    private int acknowledged() throws IOException, InterruptedException {
        URI state = URI.create(
                "http://" + Node.HOST + ":" + cluster.node(1).httpPort() + "/nacos/v1/ns/operator/push/state");
        String body = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(state).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return Integer.parseInt(body.replaceAll(".*\"succeed\":(\\d+).*", "$1"));
    }
}
