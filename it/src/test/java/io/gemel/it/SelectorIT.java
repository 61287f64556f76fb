package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.NamingService;
import io.gemel.client.Selection;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the selector of a service leaves out is shown, and used by nobody: not through any door, not after a restart. */
class SelectorIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance OLD = Instance.ephemeral("10.50.0.1", 80).withMetadata("version", "1");
    private static final Instance NEW = Instance.persistent("10.50.0.2", 80).withMetadata("version", "2");

    private final Node node = SANDBOX.node("s1");

    @Test
    void theSelectedInstancesAloneAreUsedThroughEveryDoor() throws Exception {
        node.start();
        node.awaitReady();
        NamingService client = SANDBOX.client(node);
        client.register(ORDERS, OLD);
        client.register(ORDERS, NEW);
        assertThat(client.select(ORDERS, Selection.USABLE)).containsExactly(OLD, NEW);

        assertThat(gemel("service", "set", "orders", "--selector=version").exitCode())
                .isNotZero();
        assertThat(gemel("service", "set", "orders", "--selector=version=2").exitCode())
                .isZero();
        assertThat(client.select(ORDERS, Selection.USABLE)).containsExactly(NEW);
        assertThat(client.select(ORDERS, Selection.ALL)).containsExactly(OLD, NEW);
        assertThat(nacosList()).contains("10.50.0.2").doesNotContain("10.50.0.1");
        assertThat(gemel("get", "orders").out()).contains("SELECTED", "10.50.0.1:80", "10.50.0.2:80");
        assertThat(gemel("service", "show", "orders").out()).contains("selector     version=2");

        node.kill();
        node.start();
        node.awaitReady();
        eventually().untilAsserted(() -> assertThat(node.instances(ORDERS)).containsExactly(OLD, NEW));
        assertThat(nacosList()).contains("10.50.0.2").doesNotContain("10.50.0.1");

        assertThat(gemel("service", "set", "orders", "--selector=version=3").exitCode())
                .isZero();
        assertThat(nacosList()).as("nothing matches").contains("10.50.0.1", "10.50.0.2");
        assertThat(gemel("service", "set", "orders", "--selector=none").exitCode())
                .isZero();
        assertThat(client.select(ORDERS, Selection.USABLE)).containsExactly(OLD, NEW);
    }

    private GemelProcess.Ended gemel(String... arguments) {
        String[] all = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--server=" + node.address();
        return SANDBOX.start(all).awaitEnd(Duration.ofSeconds(30));
    }

    private String nacosList() throws IOException, InterruptedException {
        URI list = URI.create(
                "http://%s:%d/nacos/v1/ns/instance/list?serviceName=orders".formatted(Node.HOST, node.httpPort()));
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
