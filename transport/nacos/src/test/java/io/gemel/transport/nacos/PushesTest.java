package io.gemel.transport.nacos;

import static io.gemel.transport.nacos.NacosClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.transport.nacos.NacosClient.Sent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who subscribes hears of every change until it does not want to, and again of what it does not acknowledge. */
final class PushesTest {
    private static final String VIEW = "NotifySubscriberRequest";

    private final OneNode node = new OneNode();

    @AfterEach
    void close() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void aSubscriberIsToldAtOnceAndOfEachChange() {
        NacosClient publisher = node.connected();
        publisher.register("orders", "10.0.0.1", 80);
        NacosClient subscriber = node.connected();

        Sent now = subscriber.subscribe("orders");
        assertThat(now.type()).isEqualTo("SubscribeServiceResponse");
        assertThat(now.hosts()).containsExactly("10.0.0.1:80");

        publisher.register("orders", "10.0.0.2", 80);
        eventually().until(() -> newest(subscriber).hosts().contains("10.0.0.2:80"));
        JsonObject view = newest(subscriber).body().object("serviceInfo").orElseThrow();
        assertThat(view.text("name")).contains("orders");
        assertThat(view.text("groupName")).contains("DEFAULT_GROUP");
        publisher.instance("InstanceRequest", "deregisterInstance", "orders", "{}");
        eventually().until(() -> newest(subscriber).hosts().isEmpty());
    }

    @Test
    void whatTheAnswerToldIsNotPushedOnceMore() {
        NacosClient publisher = node.connected();
        publisher.register("orders", "10.0.0.1", 80);
        NacosClient subscriber = node.connected();
        subscriber.subscribe("orders");
        subscriber.subscribe("other");
        publisher.register("other", "10.0.0.1", 80);

        assertThat(subscriber.awaitSent(VIEW).hosts()).containsExactly("10.0.0.1:80");
        assertThat(subscriber.sent(VIEW)).hasSize(1);
    }

    /** The client may have taken the push for older than the answer, which it then keeps: the two reach it on threads of their own. */
    @Test
    void whatIsPushedRightBehindTheAnswerIsPushedOnceMore() {
        NacosClient publisher = node.connected();
        NacosClient subscriber = node.connected();
        subscriber.subscribe("orders");
        publisher.register("orders", "10.0.0.1", 80);
        assertThat(subscriber.awaitSent(VIEW).hosts()).containsExactly("10.0.0.1:80");

        node.pass(Duration.ofSeconds(1));
        assertThat(subscriber.awaitSent(VIEW, 2).hosts()).containsExactly("10.0.0.1:80");

        node.connected().register("orders", "10.0.0.2", 80);
        Sent third = subscriber.awaitSent(VIEW, 3);
        assertThat(third.hosts()).contains("10.0.0.2:80");
        node.pass(Duration.ofSeconds(1));
        subscriber.call("HealthCheckRequest", "{}");
        assertThat(subscriber.sent(VIEW))
                .as("as before, once the answer is there")
                .hasSize(3);
    }

    @Test
    void whoUnsubscribesHearsNothingMore() {
        NacosClient publisher = node.connected();
        NacosClient subscriber = node.connected();
        subscriber.subscribe("orders");
        subscriber.subscribe("last");
        Sent done = subscriber.call("SubscribeServiceRequest", "{\"serviceName\":\"orders\",\"subscribe\":false}");
        assertThat(done.success()).isTrue();
        assertThat(done.body().has("serviceInfo")).isTrue();

        publisher.register("orders", "10.0.0.1", 80);
        publisher.register("last", "10.0.0.1", 80);
        subscriber.awaitSent(VIEW);
        assertThat(subscriber.sent(VIEW)).hasSize(1);
    }

    @Test
    void aSubscriberOfClustersIsToldOfTheseAlone() {
        NacosClient publisher = node.connected();
        NacosClient subscriber = node.connected();
        subscriber.call(
                "SubscribeServiceRequest", "{\"serviceName\":\"orders\",\"subscribe\":true,\"clusters\":\"b,a\"}");
        publisher.call(
                "BatchInstanceRequest",
                "{\"serviceName\":\"orders\",\"type\":\"batchRegisterInstance\",\"instances\":["
                        + "{\"ip\":\"10.0.0.1\",\"port\":80,\"clusterName\":\"a\"},"
                        + "{\"ip\":\"10.0.0.2\",\"port\":80,\"clusterName\":\"c\"}]}");

        Sent pushed = subscriber.awaitSent(VIEW);
        assertThat(pushed.hosts()).containsExactly("10.0.0.1:80");
        assertThat(pushed.body().object("serviceInfo").orElseThrow().text("clusters"))
                .contains("b,a");
    }

    @Test
    void whatIsNotAcknowledgedInTimeIsSentAgainAsItIsByThen() {
        NacosClient publisher = node.connected();
        NacosClient subscriber = node.connected();
        subscriber.acknowledgesNothing();
        subscriber.subscribe("orders");
        publisher.register("orders", "10.0.0.1", 80);
        Sent first = subscriber.awaitSent(VIEW);

        node.pass(Pushes.ACKNOWLEDGED_WITHIN);
        Sent second = subscriber.awaitSent(VIEW, 2);
        assertThat(second.hosts()).isEqualTo(first.hosts());
        assertThat(second.text("requestId")).isNotEqualTo(first.text("requestId"));

        subscriber.acknowledge(first, 200);
        subscriber.acknowledge(second, 500);
        Sent third = subscriber.awaitSent(VIEW, 3);
        subscriber.acknowledge(third, 200);
        node.connected().register("orders", "10.0.0.2", 80);
        Sent fourth = subscriber.awaitSent(VIEW, 4);
        subscriber.acknowledge(fourth, 200);
        subscriber.call("HealthCheckRequest", "{}"); // read after what it acknowledged
        node.pass(Pushes.ACKNOWLEDGED_WITHIN);
        publisher.instance("InstanceRequest", "deregisterInstance", "orders", "{}");
        eventually().until(() -> newest(subscriber).hosts().equals(List.of("10.0.0.2:80")));
        assertThat(subscriber.sent(VIEW))
                .as("what was acknowledged did not come again")
                .hasSize(5);
    }

    @Test
    void aConnectionThatIsOverWatchesNothing() {
        NacosClient publisher = node.connected();
        NacosClient subscriber = node.connected();
        subscriber.subscribe("orders");
        subscriber.leave();

        assertThat(publisher.register("orders", "10.0.0.1", 80).success()).isTrue();
        assertThat(subscriber.sent(VIEW)).isEmpty();
    }

    private static Sent newest(NacosClient subscriber) {
        return subscriber.awaitSent(VIEW);
    }
}
