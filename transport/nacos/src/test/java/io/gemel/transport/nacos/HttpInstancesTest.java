package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.LeaseTimes;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HttpInstancesTest {
    private static final ServiceId ORDERS = new ServiceId("public", "shop", "orders");

    private final HttpNode node = new HttpNode();

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    private Instance only(ServiceId service) {
        assertThat(node.naming.present(service).instances()).hasSize(1);
        return node.naming.present(service).instances().get(0);
    }

    private void ok(HttpResponse<String> response) {
        assertThat(response.body()).isEqualTo("ok");
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsRegisteredOverHttpIsAnInstanceLikeAnyOther() {
        ok(
                node.call(
                        "POST",
                        "/v1/ns/instance",
                        "serviceName=shop@@orders&ip=10.0.0.1&port=80&clusterName=east&weight=2.5&enable=false&metadata=a%3Db%2Cc%3Dd"));

        Instance instance = only(ORDERS);
        assertThat(instance.key().toString()).isEqualTo("10.0.0.1:80@east");
        assertThat(instance.weight()).isEqualTo(2.5);
        assertThat(instance.enabled()).isFalse();
        assertThat(instance.durability()).isEqualTo(Durability.EPHEMERAL);
        assertThat(instance.metadata()).isEqualTo(Map.of("a", "b", "c", "d"));

        ok(node.call(
                "DELETE", "/v1/ns/instance", "serviceName=orders&groupName=shop&ip=10.0.0.1&port=80&cluster=east"));
        assertThat(node.naming.present(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void whatIsDeregisteredGoesWhicheverClusterItIsIn() {
        String at = "serviceName=orders&groupName=shop&ip=10.0.0.1&port=80";
        ok(node.call("POST", "/v1/ns/instance", at + "&clusterName=east"));
        ok(node.call("POST", "/v1/ns/instance", "serviceName=orders&groupName=shop&ip=10.0.0.1&port=81"));

        ok(node.call("DELETE", "/v1/ns/instance", at));
        assertThat(only(ORDERS).key().port()).isEqualTo(81);
    }

    @Test
    void theConsoleDeregistersPersistentInstancesAndListsThoseOfAllClusters() {
        String at = "serviceName=orders&groupName=shop&ip=10.0.0.1&port=80";
        String list = "serviceName=orders&groupName=shop";
        ok(node.call("POST", "/v1/ns/instance", at + "&clusterName=west&ephemeral=false"));
        ok(node.call("POST", "/v1/ns/instance", list + "&ip=10.0.0.2&port=80&clusterName=east&ephemeral=false"));

        assertThat(node.call("GET", "/v3/console/ns/instance/list", list).body())
                .contains("\"totalCount\":2");
        assertThat(node.call("GET", "/v3/console/ns/instance/list", list + "&clusterName=west")
                        .body())
                .contains("\"totalCount\":1");

        assertThat(node.call("DELETE", "/v3/console/ns/instance", at + "&clusterName=west")
                        .statusCode())
                .isEqualTo(200);
        assertThat(only(ORDERS).key().ip()).isEqualTo("10.0.0.2");
    }

    @Test
    void parametersMayStandInTheQueryInTheBodyAndInBoth() {
        ok(node.form(
                "POST", "/v1/ns/instance?serviceName=orders&groupName=shop", "ip=10.0.0.1&port=80&ephemeral=false&"));
        assertThat(only(ORDERS).durability()).isEqualTo(Durability.PERSISTENT);

        ok(node.form("PUT", "/v1/ns/instance", "serviceName=shop%40%40orders&ip=10.0.0.1&port=80&weight=7"));
        assertThat(only(ORDERS).weight()).isEqualTo(7);

        ok(node.form("DELETE", "/v1/ns/instance", "serviceName=shop%40%40orders&ip=10.0.0.1&port=80&ephemeral=false"));
        assertThat(node.naming.present(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void aServiceIsOfOneKindToNacosClients() {
        ok(node.call("POST", "/v1/ns/instance", "serviceName=shop@@orders&ip=10.0.0.1&port=80&ephemeral=false"));

        HttpResponse<String> refused =
                node.call("POST", "/v1/ns/instance", "serviceName=shop@@orders&ip=10.0.0.2&port=80");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .isEqualTo(
                        "errCode: 400, errMsg: Current service shop@@orders is persistent service, can't register ephemeral"
                                + " instance. ");
    }

    @Test
    void aBeatOfAnUnknownInstanceAsksItsClientToRegisterUnlessItSaysAllItself() {
        String light = "serviceName=shop@@orders&ip=10.0.0.1&port=80&clusterName=DEFAULT";
        assertThat(node.call("PUT", "/v1/ns/instance/beat", light).body())
                .isEqualTo("{\"code\":20404,\"clientBeatInterval\":5000,\"lightBeatEnabled\":true}");
        assertThat(node.naming.present(ORDERS).isEmpty()).isTrue();

        String beat =
                "beat=%7B%22ip%22%3A%2210.0.0.1%22%2C%22port%22%3A80%2C%22weight%22%3A3.0%2C%22serviceName%22%3A%22"
                        + "shop%40%40orders%22%2C%22cluster%22%3A%22DEFAULT%22%2C%22metadata%22%3A%7B%22preserved.heart.beat.interval%22%3A"
                        + "%221000%22%7D%2C%22scheduled%22%3Afalse%7D";
        String known = "{\"code\":10200,\"clientBeatInterval\":1000,\"lightBeatEnabled\":true}";
        assertThat(node.form("PUT", "/v1/ns/instance/beat?serviceName=shop%40%40orders&namespaceId=public", beat)
                        .body())
                .isEqualTo(known);
        assertThat(only(ORDERS).weight()).isEqualTo(3);
        assertThat(node.call("PUT", "/v1/ns/instance/beat", light).body()).isEqualTo(known);
    }

    @Test
    void whatOperatorsSayStaysWhenAClientRegistersAgain() {
        String register = "serviceName=shop@@orders&ip=10.0.0.1&port=80&metadata=version%3D1";
        ok(node.call("POST", "/v1/ns/instance", register));
        ok(node.call(
                "PUT",
                "/v1/ns/instance",
                "serviceName=shop@@orders&ip=10.0.0.1&port=80&enabled=false&metadata=canary%3Dtrue"));

        ok(node.call("POST", "/v1/ns/instance", register));

        assertThat(only(ORDERS).enabled()).isFalse();
        assertThat(only(ORDERS).metadata()).isEqualTo(Map.of("version", "1", "canary", "true"));
        assertThat(node.call("GET", "/v1/ns/instance/list", "serviceName=shop@@orders")
                        .body())
                .contains("\"hosts\":[]");
    }

    @Test
    void aPatchChangesWhatItNamesAndAnUpdateAll() {
        String at = "serviceName=shop@@orders&ip=10.0.0.1&port=80";
        ok(node.call("POST", "/v1/ns/instance", at));
        ok(node.call("PATCH", "/v1/ns/instance", at + "&weight=5&metadata=a%3D1"));
        ok(node.call("PATCH", "/v1/ns/instance", at + "&metadata=b%3D2"));
        assertThat(only(ORDERS).weight()).isEqualTo(5);
        assertThat(only(ORDERS).metadata()).isEqualTo(Map.of("a", "1", "b", "2"));

        ok(node.call("PUT", "/v1/ns/instance", at + "&metadata=c%3D3"));
        assertThat(only(ORDERS).weight()).isEqualTo(1);
        assertThat(only(ORDERS).metadata()).isEqualTo(Map.of("c", "3"));
    }

    @Test
    void metadataIsAddedToTheInstancesThatAreNamedAndToNoOther() {
        for (int i = 1; i <= 3; i++) {
            ok(node.call("POST", "/v1/ns/instance", "serviceName=shop@@orders&port=80&ip=10.0.0." + i));
        }
        String named =
                "[{\"ip\":\"10.0.0.1\",\"port\":80},{\"ip\":\"10.0.0.3\",\"port\":80},{\"ip\":\"10.0.0.1\",\"port\":80},"
                        + "{\"ip\":\"10.0.0.9\",\"port\":80}]";
        HttpResponse<String> updated = node.form(
                "PUT",
                "/v1/ns/instance/metadata/batch?serviceName=shop@@orders",
                "metadata=a%3D1&instances=" + URLEncoder.encode(named, StandardCharsets.UTF_8));
        assertThat(updated.body())
                .isEqualTo("{\"updated\":[\"10.0.0.1:80:unknown:DEFAULT:ephemeral\","
                        + "\"10.0.0.3:80:unknown:DEFAULT:ephemeral\"]}");
        assertThat(node.naming.present(ORDERS).instances())
                .extracting(Instance::metadata)
                .containsExactly(Map.of("a", "1"), Map.of(), Map.of("a", "1"));
    }

    @Test
    void listsTellWhatWasAskedFor() {
        String orders = "/v1/ns/instance?serviceName=shop@@orders&port=80";
        ok(node.form("POST", orders, "ip=10.0.0.1&clusterName=east&ephemeral=false"));
        ok(node.form("POST", orders, "ip=10.0.0.2&clusterName=west&ephemeral=false&healthy=false"));

        String east = node.call("GET", "/v1/ns/instance/list", "serviceName=shop@@orders&clusters=east,north")
                .body();
        assertThat(east).contains("\"name\":\"shop@@orders\"", "\"clusters\":\"east,north\"", "10.0.0.1");
        assertThat(east).doesNotContain("10.0.0.2");
        assertThat(node.call("GET", "/v1/ns/instance/list", "serviceName=shop@@orders&healthyOnly=true")
                        .body())
                .contains("10.0.0.1")
                .doesNotContain("10.0.0.2");
        assertThat(node.call("GET", "/v1/ns/instance/list", "serviceName=nobody")
                        .body())
                .contains("\"hosts\":[]");
    }

    @Test
    void theHealthOfAPersistentInstanceCanBeSetUntilServersCheckIt() {
        ok(node.form("POST", "/v1/ns/instance", "serviceName=shop@@orders&ip=10.0.0.1&port=80&ephemeral=false"));
        String unhealthy = "serviceName=shop@@orders&ip=10.0.0.1&port=80&healthy=false";
        ok(node.call("PUT", "/v1/ns/health", unhealthy));
        assertThat(only(ORDERS).healthy()).isFalse();

        String check =
                "serviceName=shop@@orders&clusterName=DEFAULT&checkPort=80&useInstancePort4Check=false&healthChecker="
                        + "%7B%22type%22%3A%22HTTP%22%2C%22path%22%3A%22%2Fhealth%22%2C%22headers%22%3A%22Host%3Ashop%22%7D";
        ok(node.call("PUT", "/v1/ns/cluster", check));
        assertThat(node.call("PUT", "/v1/ns/health", unhealthy).body()).contains("health check is still working");
        assertThat(node.call("GET", "/v1/ns/service", "serviceName=shop@@orders")
                        .body())
                .contains("\"healthChecker\":{\"type\":\"HTTP\"}");
    }

    @Test
    void aServerThatStartsSaysSoAndLives() {
        node.readiness.block("raft", "no leader yet");

        HttpResponse<String> list = node.call("GET", "/v1/ns/instance/list", "serviceName=orders");
        assertThat(list.statusCode()).isEqualTo(503);
        assertThat(list.body()).contains("not ready");
        assertThat(node.call("GET", "/v1/ns/operator/metrics", "").body()).isEqualTo("{\"status\":\"STARTING\"}");
        assertThat(node.call("GET", "/v1/console/health/readiness", "").statusCode())
                .isEqualTo(500);
        assertThat(node.call("GET", "/v3/console/health/readiness", "").body()).contains("\"code\":30000");
        assertThat(node.call("GET", "/v1/console/health/liveness", "").body()).isEqualTo("OK");
    }

    @Test
    void anOutcomeThatIsNotKnownIsNoSuccess() {
        node.consistency.insteadOfRegistering(() -> CompletableFuture.failedFuture(
                new RegistryException(RegistryException.Code.UNKNOWN_OUTCOME, "the leader was lost")));

        HttpResponse<String> answer =
                node.call("POST", "/v1/ns/instance", "serviceName=orders&ip=10.0.0.1&port=80&ephemeral=false");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("the leader was lost");
    }

    @Test
    void anInstanceSaysItselfHowLongItMayBeSilent() {
        assertThat(HttpInstances.times(Map.of())).isEqualTo(LeaseTimes.USUAL);
        assertThat(HttpInstances.times(
                        Map.of("preserved.heart.beat.timeout", "3000", "preserved.ip.delete.timeout", "9000")))
                .isEqualTo(new LeaseTimes(Duration.ofSeconds(3), Duration.ofSeconds(9)));
        assertThat(HttpInstances.times(Map.of("preserved.ip.delete.timeout", "9000")))
                .isEqualTo(new LeaseTimes(Duration.ofSeconds(9), Duration.ofSeconds(9)));
        assertThat(HttpInstances.times(
                        Map.of("preserved.heart.beat.timeout", "7200000", "preserved.ip.delete.timeout", "864000000")))
                .as("what is meant as never, as far as it goes")
                .isEqualTo(new LeaseTimes(Duration.ofHours(1), Duration.ofDays(1)));
        assertThat(HttpInstances.times(
                        Map.of("preserved.heart.beat.timeout", "10", "preserved.ip.delete.timeout", "20")))
                .isEqualTo(new LeaseTimes(Duration.ofSeconds(1), Duration.ofSeconds(1)));
        assertThat(HttpInstances.times(Map.of("preserved.ip.delete.timeout", "-1")))
                .isEqualTo(LeaseTimes.USUAL);
        assertThat(HttpInstances.times(Map.of("preserved.heart.beat.timeout", "soon")))
                .isEqualTo(LeaseTimes.USUAL);
    }
}
