package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Node.js client of Nacos, which knows HTTP and datagrams alone. Skipped where npm is missing, or reaches nobody that has the client. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeClientIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    @RegisterExtension
    static final Compatibility TABLE = new Compatibility();

    private static final Path SOURCES = App.APPS.resolve("node").toAbsolutePath();
    private static final Path INSTALLED =
            Path.of(System.getProperty("gemel.it.npm", "target/npm")).toAbsolutePath();
    private static final Duration INSTALLING = Duration.ofMinutes(3);

    private static Cluster cluster;
    private static App client;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        install();
        cluster = SANDBOX.sharedCluster();
        client = SANDBOX.app(
                "node",
                Map.of("NODE_PATH", INSTALLED.resolve("node_modules").toString()),
                "node",
                SOURCES.resolve("client.js").toString(),
                Cluster.nacosAddresses(cluster.nodes()));
    }

    /** Has npm fetch the client, unless an earlier run has. */
    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        Files.copy(
                SOURCES.resolve("package.json"),
                INSTALLED.resolve("package.json"),
                StandardCopyOption.REPLACE_EXISTING);
        Path log = INSTALLED.resolve("npm.log");
        Process npm;
        try {
            npm = new ProcessBuilder(
                            "npm",
                            "install",
                            "--prefer-offline",
                            "--fetch-retries=1",
                            "--ignore-scripts",
                            "--no-audit",
                            "--no-fund",
                            "--no-package-lock")
                    .directory(INSTALLED.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "skipped, since there is no npm here: " + e.getMessage());
            return;
        }
        boolean ended = npm.waitFor(INSTALLING.toMillis(), TimeUnit.MILLISECONDS);
        npm.destroyForcibly();
        assumeTrue(
                ended && npm.exitValue() == 0,
                () -> "skipped, since npm cannot install the client; " + log + " says why");
    }

    private static void proves(String what) throws IOException {
        String version = Files.readString(INSTALLED.resolve("node_modules/nacos/package.json"))
                .replaceAll("(?s).*\"version\":\\s*\"([^\"]+)\".*", "$1");
        TABLE.proves("nacos of npm (Node.js)", version, what);
    }

    private static String ask(String action, String service, int port) {
        return client.get("/%s?service=%s&ip=10.0.0.1&port=%d".formatted(action, service, port));
    }

    private static String list(int... ports) {
        StringBuilder list = new StringBuilder();
        for (int port : ports) {
            list.append(list.isEmpty() ? "" : ",")
                    .append("\"10.0.0.1:")
                    .append(port)
                    .append('"');
        }
        return "[" + list + "]";
    }

    @Order(1)
    @Test
    void itRegistersSelectsHearsOfOthersAndDeregisters() throws IOException {
        proves("registers, subscribes, selects, deregisters");
        NamingService gemel = SANDBOX.client(cluster.node(2));
        ServiceId service = ServiceId.of("node-mixed");
        assertThat(client.get("/status")).isEqualTo("\"UP\"");
        ask("register", service.name(), 80);
        for (Node node : cluster.nodes()) {
            eventually()
                    .untilAsserted(() -> assertThat(node.instances(service))
                            .containsExactly(Instance.ephemeral("10.0.0.1", 80).withMetadata("zone", "node")));
        }
        ask("subscribe", service.name(), 0);
        eventually().until(() -> ask("heard", service.name(), 0).equals(list(80)));

        gemel.register(service, Instance.persistent("10.0.0.1", 81));
        eventually().until(() -> ask("heard", service.name(), 0).equals(list(80, 81)));
        eventually()
                .untilAsserted(() -> assertThat(ask("all", service.name(), 0)).isEqualTo(list(80, 81)));
        eventually()
                .untilAsserted(
                        () -> assertThat(ask("healthy", service.name(), 0)).isEqualTo(list(80, 81)));

        ask("deregister", service.name(), 80);
        eventually().until(() -> ask("heard", service.name(), 0).equals(list(81)));
        for (Node node : cluster.nodes()) {
            eventually().untilAsserted(() -> assertThat(node.instances(service)).hasSize(1));
        }
        ask("unsubscribe", service.name(), 0);
    }

    @Order(2)
    @Test
    void itsHeartbeatsKeepWhatItRegisteredAlsoWhenAServerIsKilled() throws IOException {
        proves("goes on with its heartbeats when a server is killed");
        ServiceId service = ServiceId.of("node-beats");
        ask("register", service.name(), 80);
        cluster.node(1).kill();

        // Longer than an instance is healthy without a heartbeat.
        await().during(Duration.ofSeconds(17))
                .atMost(GemelProcess.PATIENCE)
                .until(() -> cluster.others(cluster.node(1)).stream()
                        .allMatch(node -> node.instances(service).stream().anyMatch(Instance::healthy)));
        eventually()
                .ignoreExceptionsMatching(e -> true)
                .until(() -> !ask("register", service.name(), 81).isEmpty());
        eventually().until(() -> cluster.node(2).instances(service).size() == 2);
        cluster.heal();
    }
}
