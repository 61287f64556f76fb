package io.gemel.transport.nacos;

import static io.gemel.transport.nacos.NacosClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.gemel.transport.nacos.NacosClient.Sent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Nacos client asks is done or refused as it expects, and its connection is what its instances live on. */
final class NacosDoorTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");

    private final OneNode node = new OneNode();

    @AfterEach
    void close() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    // ---- connections ----

    @Test
    void aTransportIsNoConnectionBeforeItIsSetUp() {
        NacosClient client = node.client();

        Sent check = client.call("ServerCheckRequest", "{}");
        assertThat(check.type()).isEqualTo("ServerCheckResponse");
        assertThat(check.success()).isTrue();
        assertThat(check.body().flag("supportAbilityNegotiation", false)).isTrue();
        assertThat(check.text("connectionId")).matches("[0-9]+_.+_[0-9]+");

        assertError(client.call("HealthCheckRequest", "{}"), 301);
        client.connect("naming");
        assertThat(client.call("HealthCheckRequest", "{}").type()).isEqualTo("HealthCheckResponse");
        client.leave();
        assertError(client.call("HealthCheckRequest", "{}"), 301);
    }

    @Test
    void whoTellsItsAbilitiesIsToldThoseOfTheServerAndNobodyElse() {
        NacosClient modern = node.connected();
        assertThat(modern.sent("SetupAckRequest")
                        .get(0)
                        .body()
                        .object("abilityTable")
                        .orElseThrow()
                        .allTexts())
                .containsEntry("supportPersistentInstanceByGrpc", "true")
                .containsEntry("fuzzyWatch", "true");

        NacosClient old = node.client();
        old.open("ConnectionSetupRequest", "{\"labels\":{\"module\":\"naming\"}}");
        eventually().until(() -> old.call("HealthCheckRequest", "{}").success());
        old.acknowledgesNothing();
        old.subscribe("orders");
        modern.register("orders", "10.0.0.1", 80);
        old.awaitSent("NotifySubscriberRequest");
        assertThat(old.sent("SetupAckRequest")).isEmpty();
    }

    @Test
    void aServerThatIsStartingTakesOnNobody() {
        node.readiness.block("part", "starts");
        NacosClient client = node.client();

        assertError(client.call("ServerCheckRequest", "{}"), 300);
        client.open("ConnectionSetupRequest", "{}");
        client.awaitEnd();
        node.readiness.clear("part");
        assertThat(client.call("ServerCheckRequest", "{}").success()).isTrue();
    }

    @Test
    void anotherFirstMessageEndsTheStream() {
        NacosClient client = node.client();
        client.open("HealthCheckResponse", "{}");
        client.awaitEnd();
    }

    @Test
    void aFirstMessageThatIsNotUnderstoodOpensNoConnectionAndTheNextOneMay() {
        NacosClient client = node.client();
        client.open("ConnectionSetupRequest", "{\"labels\":\"naming\"}");
        client.send("ConnectionSetupRequest", "{\"labels\":{\"module\":[]}}");
        client.send("ConnectionSetupRequest", "{\"abilityTable\":{}}");

        client.awaitSent("SetupAckRequest");
        assertThat(client.register("orders", "10.0.0.1", 80).success()).isTrue();
    }

    @Test
    void aServerThatStopsAsksItsClientsToMoveAndTakesOnNoOthers() {
        NacosClient naming = node.connected();
        NacosClient config = node.client();
        config.connect("config");

        node.sessions.drain();
        node.door.drain();

        naming.awaitSent("ConnectResetRequest");
        config.awaitSent("ConnectResetRequest");
        assertError(node.client().call("ServerCheckRequest", "{}"), 300);
        assertThat(naming.query("orders").success()).isTrue();
        assertThat(naming.sent("ConnectResetRequest")).hasSize(1);
    }

    @Test
    void aSilentClientIsAskedAndThenDisconnected() {
        NacosClient alive = node.connected();
        NacosClient dead = node.connected();
        dead.acknowledgesNothing();

        node.pass(NacosConnection.SILENT_MAX);
        alive.awaitSent("ClientDetectionRequest");
        dead.awaitSent("ClientDetectionRequest");
        eventually().until(() -> alive.call("HealthCheckRequest", "{}").success());
        node.pass(NacosConnection.ANSWERS_WITHIN);

        dead.awaitEnd();
        assertError(dead.call("HealthCheckRequest", "{}"), 301);
        assertThat(alive.ended()).isFalse();
    }

    /** As after a stop of the server: the first look finds a silence that is longer than all that a client has. */
    @Test
    void aSilentClientHasItsTimeFromWhenItWasAsked() {
        NacosClient silent = node.connected();
        NacosClient other = node.connected();
        other.acknowledgesNothing();
        other.subscribe("orders");
        node.connected().register("orders", "10.0.0.1", 80);
        other.awaitSent("NotifySubscriberRequest");
        silent.acknowledgesNothing();

        node.pass(NacosConnection.SILENT_MAX.plus(NacosConnection.ANSWERS_WITHIN));
        silent.awaitSent("ClientDetectionRequest");
        for (int looks = 0; looks < 4; looks++) {
            List<Sent> views = other.sent("NotifySubscriberRequest");
            other.acknowledge(views.get(views.size() - 1), 500);
            other.awaitSent("NotifySubscriberRequest", views.size() + 1); // which comes with the next look
        }
        assertThat(silent.call("HealthCheckRequest", "{}").success()).isTrue();
    }

    // ---- what an instance lives on ----

    @Test
    void theInstancesOfALostClientStayUntilItHasHadTimeToComeBack() {
        NacosClient client = node.connected();
        client.register("orders", "10.0.0.1", 80);
        NacosClient other = node.connected();

        client.close();
        eventually().until(() -> node.sessions.size() == 2);
        node.pass(OneNode.RESUME_WINDOW.plusSeconds(1));
        NacosClient again = node.connected();
        assertThat(other.query("orders").hosts()).containsExactly("10.0.0.1:80");
        again.register("orders", "10.0.0.1", 80);
        eventually().until(() -> {
            node.pass(NacosConnection.COMES_BACK_WITHIN);
            return node.sessions.size() == 2;
        });
        assertThat(other.query("orders").hosts()).containsExactly("10.0.0.1:80");

        again.leave();
        eventually().until(() -> {
            node.pass(NacosConnection.COMES_BACK_WITHIN);
            return other.query("orders").hosts().isEmpty();
        });
    }

    // ---- registering ----

    @Test
    void aConnectionHasOnePublicationOfAServiceWhoseLastOneCounts() {
        NacosClient client = node.connected();
        assertThat(client.register("orders", "10.0.0.1", 80).success()).isTrue();
        Sent second = client.register("orders", "10.0.0.2", 80);
        assertThat(second.type()).isEqualTo("InstanceResponse");
        assertThat(second.text("type")).isEqualTo("registerInstance");
        assertThat(client.query("orders").hosts()).containsExactly("10.0.0.2:80");

        NacosClient other = node.connected();
        other.register("orders", "10.0.0.3", 80);
        assertThat(client.query("orders").hosts()).containsExactly("10.0.0.2:80", "10.0.0.3:80");

        Sent gone =
                client.instance("InstanceRequest", "deregisterInstance", "orders", "{\"ip\":\"9.9.9.9\",\"port\":1}");
        assertThat(gone.success()).isTrue();
        assertThat(client.query("orders").hosts()).containsExactly("10.0.0.3:80");
    }

    @Test
    void whatIsAskedBeforeTheSessionIsOpenIsDoneInItsOrder() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        node.loop.execute(gate::join);
        NacosClient client = node.connected();
        List<CompletableFuture<Sent>> answers = IntStream.of(1, 2, 3)
                .mapToObj(i -> client.ask(
                        "InstanceRequest",
                        "{\"serviceName\":\"orders\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"10.0.0.%d\",\"port\":80}}"
                                .formatted(i)))
                .toList();
        assertThat(client.call("HealthCheckRequest", "{}").success())
                .as("which is read behind them")
                .isTrue();
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        gate.complete(null);
        assertThat(answers).allMatch(answer -> answer.join().success());
        assertThat(client.query("orders").hosts()).containsExactly("10.0.0.3:80");
    }

    @Test
    void aBatchTakesThePlaceOfWhatWasPublishedBefore() {
        NacosClient client = node.connected();
        client.register("orders", "10.0.0.9", 80);
        assertThat(batch(client, "10.0.0.1", "10.0.0.2").type()).isEqualTo("BatchInstanceResponse");
        assertThat(client.query("orders").hosts()).containsExactly("10.0.0.1:80", "10.0.0.2:80");
        batch(client, "10.0.0.2");
        assertThat(client.query("orders").hosts()).containsExactly("10.0.0.2:80");
        batch(client);
        assertThat(client.query("orders").hosts()).isEmpty();
    }

    @Test
    void aBatchOfMoreThanOneWriteTakesIsPublishedWhole() {
        NacosClient client = node.connected();
        String[] many = IntStream.range(0, 2_500).mapToObj(i -> "h" + i).toArray(String[]::new);
        assertThat(batch(client, many).success()).isTrue();
        assertThat(client.query("orders").hosts()).hasSize(2_500);
        batch(client, "h1");
        assertThat(client.query("orders").hosts()).containsExactly("h1:80");
    }

    @Test
    void aPersistentInstanceStaysAndIsOneAtItsAddress() {
        NacosClient client = node.connected();
        persistent(
                client,
                "registerInstance",
                "{\"ip\":\"10.0.0.1\",\"port\":80,\"ephemeral\":false,\"clusterName\":\"a\"}");
        Sent moved = persistent(
                client,
                "registerInstance",
                "{\"ip\":\"10.0.0.1\",\"port\":80,\"ephemeral\":false,\"clusterName\":\"b\"}");
        assertThat(moved.type()).isEqualTo("InstanceResponse");
        client.leave();

        NacosClient other = node.connected();
        JsonObject host = other.query("orders")
                .body()
                .object("serviceInfo")
                .orElseThrow()
                .objects("hosts")
                .get(0);
        assertThat(other.query("orders").hosts()).hasSize(1);
        assertThat(host.text("clusterName")).contains("b");
        assertThat(host.flag("ephemeral", true)).isFalse();
        persistent(other, "deregisterInstance", "{\"ip\":\"10.0.0.1\",\"port\":80}");
        assertThat(other.query("orders").hosts()).isEmpty();
    }

    @Test
    void aServiceIsOfOneKindAndSaysSoInATypeThatIsNotTriedAgain() {
        NacosClient client = node.connected();
        client.register("ephemeral", "10.0.0.1", 80);
        client.instance(
                "PersistentInstanceRequest", "registerInstance", "persistent", "{\"ip\":\"10.0.0.1\",\"port\":80}");

        assertRefused(
                client.register("persistent", "10.0.0.2", 80),
                "InstanceResponse",
                "errCode: 400, errMsg: Current service DEFAULT_GROUP@@persistent is persistent service, can't register ephemeral"
                        + " instance. ");
        assertRefused(
                client.instance(
                        "PersistentInstanceRequest",
                        "registerInstance",
                        "ephemeral",
                        "{\"ip\":\"10.0.0.1\",\"port\":80}"),
                "InstanceResponse",
                "errCode: 400, errMsg: Current service DEFAULT_GROUP@@ephemeral is ephemeral service, can't register persistent"
                        + " instance. ");
    }

    @Test
    void theDoorsShowEachOthersInstancesAsTheyAre() {
        Instance registered = Instance.persistent("10.0.0.1", 80)
                .withCluster("blue")
                .withWeight(2.5)
                .withHealthy(false)
                .withMetadata("preserved.register.source", "SPRING_CLOUD");
        node.naming
                .register(ORDERS, List.of(registered), Publisher.NONE, Precondition.NONE)
                .join();
        NacosClient client = node.connected();
        JsonObject host = client.query("orders")
                .body()
                .object("serviceInfo")
                .orElseThrow()
                .objects("hosts")
                .get(0);
        assertThat(NacosInstance.of(host).of(ORDERS, Durability.PERSISTENT)).isEqualTo(registered);

        client.instance(
                "InstanceRequest",
                "registerInstance",
                "mine",
                "{\"ip\":\"10.0.0.2\",\"port\":81,\"weight\":0.5,\"healthy\":false,\"enabled\":true,\"clusterName\":\"c\",\"metadata\":{\"k\":\"v\",\"n\":null}}");
        assertThat(node.naming.present(ServiceId.of("mine")).instances())
                .containsExactly(Instance.ephemeral("10.0.0.2", 81)
                        .withCluster("c")
                        .withWeight(0.5)
                        .withHealthy(false)
                        .withMetadata(Map.of("k", "v")));
    }

    // ---- asking ----

    @Test
    void aQueryNeverFailsForAnUnknownServiceAndSelectsAsAsked() {
        NacosClient client = node.connected();
        Sent none = client.query("nobody");
        assertThat(none.type()).isEqualTo("QueryServiceResponse");
        assertThat(none.success()).isTrue();
        assertThat(none.body().object("serviceInfo").orElseThrow().has("hosts")).isTrue();

        client.call(
                "BatchInstanceRequest",
                "{\"serviceName\":\"orders\",\"type\":\"batchRegisterInstance\",\"instances\":["
                        + "{\"ip\":\"10.0.0.1\",\"port\":80,\"clusterName\":\"a\"},"
                        + "{\"ip\":\"10.0.0.2\",\"port\":80,\"clusterName\":\"b\",\"healthy\":false},"
                        + "{\"ip\":\"10.0.0.3\",\"port\":80,\"enabled\":false}]}");
        assertThat(client.query("orders").hosts()).containsExactly("10.0.0.1:80", "10.0.0.2:80");
        Sent ofB = client.call("ServiceQueryRequest", "{\"serviceName\":\"orders\",\"cluster\":\"b,c\"}");
        assertThat(ofB.hosts()).containsExactly("10.0.0.2:80");
        assertThat(ofB.body().object("serviceInfo").orElseThrow().text("clusters"))
                .contains("b,c");
        assertThat(client.call("ServiceQueryRequest", "{\"serviceName\":\"orders\",\"healthyOnly\":true}")
                        .hosts())
                .containsExactly("10.0.0.1:80");
    }

    @Test
    void servicesAreListedByGroupAndByPage() {
        NacosClient client = node.connected();
        for (String service : List.of("c", "a", "b")) {
            client.register(service, "10.0.0.1", 80);
        }
        client.call(
                "InstanceRequest",
                "{\"serviceName\":\"z\",\"groupName\":\"g\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"h\",\"port\":1}}");

        Sent first = client.call("ServiceListRequest", "{\"pageNo\":1,\"pageSize\":2}");
        assertThat(first.body().texts("serviceNames")).containsExactly("a", "b");
        assertThat(first.body().integer("count", 0)).isEqualTo(3);
        Sent beyond = client.call("ServiceListRequest", "{\"pageNo\":2,\"pageSize\":2147483647}");
        assertThat(beyond.body().texts("serviceNames")).isEmpty();
        assertThat(beyond.body().integer("count", 0)).isEqualTo(3);
        assertThat(client.call("ServiceListRequest", "{\"groupName\":\"g\"}")
                        .body()
                        .texts("serviceNames"))
                .containsExactly("z");
        assertThat(client.call("ServiceListRequest", "{\"pageNo\":0}").code()).isEqualTo(400);
    }

    @Test
    void whoTakesTheServerForAConfigurationCentreIsAnsweredHarmlessly() {
        NacosClient client = node.client();
        client.connect("config");

        Sent query = client.call("ConfigQueryRequest", "{\"dataId\":\"d\",\"group\":\"g\"}");
        assertThat(query.type()).isEqualTo("ConfigQueryResponse");
        assertThat(query.code()).isEqualTo(300);
        assertThat(client.call("ConfigBatchListenRequest", "{\"listen\":true}").success())
                .isTrue();
        assertThat(client.call("ConfigPublishRequest", "{\"content\":\"c\"}").type())
                .isEqualTo("ConfigPublishResponse");
        assertThat(client.call("ConfigRemoveRequest", "{}").success()).isTrue();
        assertThat(client.register("orders", "10.0.0.1", 80).code()).isEqualTo(400);
    }

    // ---- what nobody should send ----

    @Test
    void whatIsNotUnderstoodIsAnsweredAsNacosDoesAndHarmsNobody() {
        NacosClient client = node.connected();

        assertError(client.call("LockOperationRequest", "{}"), 302);
        assertError(client.call("", "{}"), 502);
        assertError(client.callWith(new byte[] {(byte) 0xff, 1, 2}), 502);
        assertError(client.call("InstanceRequest", "{"), 502);
        assertError(client.call("InstanceRequest", "[]"), 502);
        assertError(client.call("InstanceRequest", ""), 502);
        client.send("NotifySubscriberResponse", "not JSON");
        client.send("NotifySubscriberResponse", "{\"requestId\":\"99999999999999999999\"}");
        assertThat(client.call("HealthCheckRequest", "{}").success()).isTrue();
    }

    @Test
    void anOversizedRequestFailsAloneAndNotItsConnection() {
        NacosClient client = node.connected();
        String huge = "{\"content\":\"" + "x".repeat(5 * 1024 * 1024) + "\"}";

        assertThatThrownBy(() -> client.call("ConfigPublishRequest", huge)).hasMessageContaining("RESOURCE_EXHAUSTED");
        assertThat(client.call("HealthCheckRequest", "{}").success()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{\"serviceName\":\"a@@b\"}",
                "{\"serviceName\":\"s\"}",
                "{\"serviceName\":\"s\",\"type\":\"x\"}",
                "{\"serviceName\":\"s\",\"type\":\"registerInstance\"}",
                "{\"serviceName\":\"s\",\"type\":\"registerInstance\",\"instance\":{}}",
                "{\"serviceName\":\"s\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"h\",\"port\":70000}}",
                "{\"serviceName\":\"s\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"h\",\"port\":\"x\"}}",
                "{\"serviceName\":\"s\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"a b\",\"port\":1}}",
                "{\"serviceName\":\"s\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"h\",\"port\":1,\"weight\":-1}}",
                "{\"serviceName\":\"s\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"h\",\"port\":1,\"clusterName\":\"a,b\"}}",
                "{\"serviceName\":\"s\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"h\",\"port\":1,\"metadata\":[]}}",
                "{\"serviceName\":\"s\",\"namespace\":\"a/b\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"h\",\"port\":1}}",
            })
    void aBadRegistrationIsRefusedWithAReason(String json) {
        NacosClient client = node.connected();

        Sent refused = client.call("InstanceRequest", json);
        assertThat(refused.type()).isEqualTo("InstanceResponse");
        assertThat(refused.body().integer("resultCode", 0)).isEqualTo(500);
        assertThat(refused.code()).isEqualTo(400);
        assertThat(refused.text("message")).startsWith("Param check invalid:");
    }

    private static void assertError(Sent answer, int code) {
        assertThat(answer.type()).isEqualTo("ErrorResponse");
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.success()).isFalse();
    }

    private static void assertRefused(Sent answer, String type, String message) {
        assertThat(answer.type()).isEqualTo(type);
        assertThat(answer.code()).isEqualTo(400);
        assertThat(answer.text("message")).isEqualTo(message);
    }

    private static Sent persistent(NacosClient client, String type, String instance) {
        return client.instance("PersistentInstanceRequest", type, "orders", instance);
    }

    private static Sent batch(NacosClient client, String... ips) {
        List<String> instances = java.util.Arrays.stream(ips)
                .map(ip -> "{\"ip\":\"" + ip + "\",\"port\":80}")
                .toList();
        return client.call(
                "BatchInstanceRequest",
                "{\"serviceName\":\"orders\",\"type\":\"batchRegisterInstance\",\"instances\":[%s]}"
                        .formatted(String.join(",", instances)));
    }
}
