package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.bootstrap.demo.FreePorts;
import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers that are told what servers of Nacos are told: by variables, and by cluster.conf. */
class NacosDeploymentIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final Instance P = Instance.persistent("10.60.0.1", 80);

    @Test
    void aStandaloneServerTakesModePortAndAddressAndSaysWhatItDoesNotTake() throws Exception {
        int base = FreePorts.bases(1).get(0);
        GemelProcess server = SANDBOX.start(
                Map.of(
                        "MODE",
                        "standalone",
                        "NACOS_APPLICATION_PORT",
                        Integer.toString(base),
                        "NACOS_SERVER_IP",
                        Node.HOST,
                        "MYSQL_SERVICE_HOST",
                        "db"),
                "server",
                "--data-dir=" + SANDBOX.dir().resolve("alone"));
        server.awaitOut("gemel ready");

        assertThat(server.out()).contains("client=0.0.0.0:" + (base + 1_000), "http=0.0.0.0:" + base);
        assertThat(server.err()).containsOnlyOnce("without effect here: MYSQL_SERVICE_HOST (there is no database");
        assertThat(get(base, "/v1/ns/operator/metrics")).contains("UP");
    }

    @Test
    void aClusterIsFoundedByOneFileOrByOneVariableAndItsNodesComeBack() throws Exception {
        List<Integer> bases = FreePorts.bases(3);
        String servers = bases.stream().map(base -> Node.HOST + ":" + base).collect(Collectors.joining("\n"));
        Path conf = Files.writeString(
                Files.createDirectories(SANDBOX.dir()).resolve("cluster.conf"), "# three\n" + servers + "\n");
        List<GemelProcess> nodes = new ArrayList<>();
        for (int base : bases.subList(0, 2)) {
            nodes.add(member(base, conf));
        }
        nodes.add(SANDBOX.start(
                Map.of(
                        "NACOS_SERVERS", servers.replace('\n', ' '),
                        "NACOS_SERVER_IP", Node.HOST,
                        "NACOS_APPLICATION_PORT", Integer.toString(bases.get(2))),
                "server",
                "--data-dir=" + dataDir(bases.get(2))));
        for (int i = 0; i < 3; i++) {
            nodes.get(i).awaitOut("gemel ready node=" + Node.HOST + "-" + bases.get(i));
        }
        try (NamingService client = NamingService.connect(ClientOptions.of(Node.HOST + ":" + (bases.get(0) + 1_000)))) {
            client.register("orders", P);
        }
        eventually()
                .untilAsserted(() -> assertThat(get(bases.get(2), "/v1/ns/instance/list?serviceName=orders"))
                        .contains("10.60.0.1"));

        nodes.get(1).kill();
        member(bases.get(1), conf).awaitOut("gemel ready node=" + Node.HOST + "-" + bases.get(1));
    }

    private static GemelProcess member(int base, Path conf) {
        return SANDBOX.start("server", "--cluster-conf=" + conf, "--base-port=" + base, "--data-dir=" + dataDir(base));
    }

    private static Path dataDir(int base) {
        return SANDBOX.dir().resolve("data-" + base);
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://%s:%d/nacos%s".formatted(Node.HOST, port, path));
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
