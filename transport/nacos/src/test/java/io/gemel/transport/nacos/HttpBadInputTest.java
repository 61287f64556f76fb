package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that no client of good will sends: each gets its answer, and the server goes on. */
final class HttpBadInputTest {
    private final HttpNode node = new HttpNode(Duration.ofSeconds(2));

    @AfterEach
    void theServerIsUnharmed() {
        assertThat(node.call("GET", "/v1/ns/operator/metrics", "").body()).isEqualTo("{\"status\":\"UP\"}");
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void aParameterThatSaysTwoThingsIsRefusedAndOneThatRepeatsItselfIsNot() {
        String at = "ip=10.0.0.1&port=80&serviceName=orders";
        assertThat(node.call("POST", "/v1/ns/instance", at + "&serviceName=payments")
                        .statusCode())
                .isEqualTo(400);
        assertThat(node.form("POST", "/v1/ns/instance?" + at, "serviceName=payments")
                        .body())
                .contains("twice");
        assertThat(node.form("POST", "/v1/ns/instance?" + at, "serviceName=orders")
                        .body())
                .isEqualTo("ok");
    }

    @Test
    void tooManyParametersAreRefused() {
        StringBuilder many = new StringBuilder("serviceName=orders");
        for (int i = 0; i < 200; i++) {
            many.append("&p").append(i).append('=');
        }
        assertThat(node.call("GET", "/v1/ns/instance/list", many.toString()).body())
                .contains("too many parameters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"serviceName=%ff%fe", "serviceName=%c3%28", "serviceName=%", "serviceName=%z1", "serviceName=%1"
            })
    void whatIsNotUtf8IsRefused(String form) {
        HttpResponse<String> answer = node.form("GET", "/v1/ns/instance/list", form);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("not encoded as UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip=10.0.0.1&port=99999",
                "ip=10.0.0.1&port=-1",
                "ip=10.0.0.1&port=eighty",
                "ip=..%2F..%2Fetc&port=80",
                "ip=10.0.0.1%00&port=80",
                "ip=10.0.0.1&port=80&weight=NaN",
                "ip=10.0.0.1&port=80&weight=-1",
                "ip=10.0.0.1&port=80&enabled=maybe",
                "ip=10.0.0.1&port=80&metadata=%7B%22a%22%3A",
                "ip=10.0.0.1&port=80&metadata=nonsense",
                "ip=10.0.0.1&port=80&clusterName=a%2Fb",
                "ip=10.0.0.1&port=80&namespaceId=..",
                "ip=10.0.0.1&port=80&groupName=a%20b"
            })
    void aParameterOutOfRangeIsRefusedByName(String parameters) {
        HttpResponse<String> answer = node.call("POST", "/v1/ns/instance", "serviceName=orders&" + parameters);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).isNotBlank();
        assertThat(node.naming.known("")).isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeOrNoFormIsRefused() {
        assertThat(node.form("POST", "/v1/ns/instance", "a=" + "x".repeat(2 << 20))
                        .statusCode())
                .isEqualTo(413);
        HttpResponse<String> json = node.send(node.request("/v2/ns/instance")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"serviceName\":\"orders\"}")));
        assertThat(json.statusCode()).isEqualTo(415);
        assertThat(json.body()).contains("\"code\":20003");
    }

    @Test
    void whatIsNeverDoneIsRefusedWhateverTheBodyHolds() {
        HttpResponse<String> json = node.send(node.request("/v3/admin/core/ops/raft")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"command\":\"transferLeader\"}")));
        assertThat(json.statusCode()).isEqualTo(501);
        assertThat(json.body()).contains("gemel cluster");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1/ns/operator/metrics",
                "/nacos",
                "/nacos/",
                "/nacos/v1/ns/operator/..%2foperator/metrics",
                "/nacos/v1/ns/operator/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/nacosx/v1/ns/operator/metrics",
                "/nacos/v1/ns/operator/metrics%00",
                "/NACOS/v1/ns/operator/metrics"
            })
    void aPathThatIsNoneIsNotTakenForOne(String path) throws IOException {
        assertThat(status(raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")))
                .isIn(400, 404);
    }

    @Test
    void whatIsNoHttpEndsTheConnection() throws IOException {
        assertThat(raw("PRI * NONSENSE\r\n\r\n")).doesNotContain("200");
        assertThat(raw("\u0016\u0003\u0001\u0002\r\n\r\n")).doesNotContain("200");
        assertThat(status(raw("GET /nacos/v1?" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")))
                .isIn(400, 414, 431);
    }

    @Test
    void whoSendsSlowlyIsCutOffAndHoldsNobodyUp() throws IOException {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.server.port());
            slow.add(socket);
            socket.getOutputStream()
                    .write(
                            ("POST /nacos/v1/ns/instance HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                                            + "Content-Length: 100\r\n\r\nserviceName=a")
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(30_000);
        }
        assertThat(node.call("GET", "/v1/ns/operator/metrics", "").statusCode()).isEqualTo(200);
        for (Socket socket : slow) {
            assertThat(status(read(socket.getInputStream()))).isIn(408, 503);
            socket.close();
        }
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return read(socket.getInputStream());
        }
    }

    /** What comes first; empty if the connection ends instead. */
    private static String read(InputStream in) throws IOException {
        byte[] bytes = new byte[4_096];
        try {
            int length = in.read(bytes);
            return length < 0 ? "" : new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException reset) {
            return "";
        }
    }

    private static int status(String response) {
        assertThat(response).startsWith("HTTP/1.1 ");
        return Integer.parseInt(response.substring(9, 12));
    }
}
