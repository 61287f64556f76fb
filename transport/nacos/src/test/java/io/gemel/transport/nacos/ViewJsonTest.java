package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ViewJsonTest {
    private static final ServiceId ORDERS = Names.service("", "", "orders");
    private static final Instance A =
            Instance.ephemeral("10.0.0.1", 80).withWeight(0.5).withMetadata("zone", "ü\"");
    private static final Instance B =
            Instance.ephemeral("10.0.0.2", 80).withCluster("blue").withHealthy(false);
    private static final Instance C = Instance.ephemeral("10.0.0.3", 80).withEnabled(false);

    @Test
    void aViewIsToldAsNacosTellsIt() {
        JsonObject told = told(view(0, A), Selection.ALL);

        assertThat(told.text("name")).contains("orders");
        assertThat(told.text("groupName")).contains("DEFAULT_GROUP");
        assertThat(told.text("clusters")).contains("");
        assertThat(told.integer("cacheMillis", 0)).isEqualTo(10_000);
        assertThat(told.integer("lastRefTime", 0)).isEqualTo(7);
        JsonObject host = told.objects("hosts").get(0);
        assertThat(host.text("instanceId")).contains("10.0.0.1#80#DEFAULT#DEFAULT_GROUP@@orders");
        assertThat(host.text("ip")).contains("10.0.0.1");
        assertThat(host.integer("port", 0)).isEqualTo(80);
        assertThat(host.number("weight", 1)).isEqualTo(0.5);
        assertThat(host.flag("healthy", false)).isTrue();
        assertThat(host.flag("enabled", false)).isTrue();
        assertThat(host.flag("ephemeral", false)).isTrue();
        assertThat(host.text("clusterName")).contains("DEFAULT");
        assertThat(host.text("serviceName")).contains("DEFAULT_GROUP@@orders");
        assertThat(host.object("metadata").orElseThrow().allTexts()).isEqualTo(Map.of("zone", "ü\""));
    }

    @Test
    void aServiceWithoutInstancesHasAnEmptyListOfHosts() {
        JsonObject told = told(view(0), Selection.ALL);

        assertThat(told.has("hosts")).isTrue();
        assertThat(told.objects("hosts")).isEmpty();
    }

    @Test
    void disabledInstancesAreNotTold() {
        assertThat(ips(told(view(0, A, B, C), Selection.ALL))).containsExactly("10.0.0.1", "10.0.0.2");
    }

    @Test
    void clustersAndHealthSelect() {
        ServiceView view = view(0, A, B, C);

        assertThat(ips(told(view, Selection.of("blue", false)))).containsExactly("10.0.0.2");
        assertThat(told(view, Selection.of("c2,blue", false)).text("clusters")).contains("c2,blue");
        assertThat(ips(told(view, Selection.of("", true)))).containsExactly("10.0.0.1");
    }

    @Test
    void whatTheSelectorLeavesOutIsNotToldAndDoesNotCountAsUnhealthy() {
        ServiceView view = new ServiceView(
                ORDERS,
                1,
                List.of(new Registration(A, 0), new Registration(B, 0, false, false, true)),
                ServiceSettings.NONE.withProtectionThreshold(0.5));

        JsonObject told = told(view, Selection.ALL);
        assertThat(ips(told)).containsExactly("10.0.0.1");
        assertThat(told.flag("reachProtectionThreshold", true)).isFalse();
        assertThat(ips(told(view, Selection.of("blue", false)))).isEmpty();
    }

    @Test
    void whereTooFewAreHealthyAllPassForHealthy() {
        JsonObject told = told(view(0.5, A, B), Selection.ALL);

        assertThat(told.flag("reachProtectionThreshold", false)).isTrue();
        assertThat(told.objects("hosts")).allMatch(host -> host.flag("healthy", false));
        assertThat(told(view(0.4, A, B), Selection.ALL).objects("hosts"))
                .extracting(host -> host.flag("healthy", true))
                .containsExactly(true, false);
    }

    @Test
    void theHostsAreWrittenOnceForAllWhoAsk() {
        ServiceView view = view(0, A);

        assertThat(view.as(ViewJson.FORMAT)).isSameAs(view.as(ViewJson.FORMAT));
    }

    @Test
    void anIdThatAClientGaveIsToldAsIdAndNotAsMetadata() {
        NacosInstance given = new NacosInstance("10.0.0.1", 80, "", 1, true, true, "mine", Map.of("k", "v"));

        JsonObject host = told(view(0, given.of(ORDERS, io.gemel.naming.Durability.EPHEMERAL)), Selection.ALL)
                .objects("hosts")
                .get(0);

        assertThat(host.text("instanceId")).contains("mine");
        assertThat(host.object("metadata").orElseThrow().allTexts()).isEqualTo(Map.of("k", "v"));
    }

    private static List<String> ips(JsonObject told) {
        return told.objects("hosts").stream()
                .map(host -> host.text("ip").orElseThrow())
                .toList();
    }

    private static JsonObject told(ServiceView view, Selection selection) {
        ByteString json = view.as(ViewJson.FORMAT).serviceInfo(selection, false, 7);
        return JsonObject.parse(json);
    }

    private static ServiceView view(double protectionThreshold, Instance... instances) {
        return new ServiceView(
                ORDERS,
                1,
                Stream.of(instances).map(each -> new Registration(each, 0)).toList(),
                ServiceSettings.NONE.withProtectionThreshold(protectionThreshold));
    }
}
