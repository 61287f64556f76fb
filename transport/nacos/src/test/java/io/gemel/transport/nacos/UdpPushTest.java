package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UdpPushTest {
    private final HttpNode node = new HttpNode();
    private final DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress());

    UdpPushTest() throws IOException {
        client.setSoTimeout(30_000);
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
        assertThat(node.failures).isEmpty();
    }

    private String received(DatagramPacket packet) throws IOException {
        client.receive(packet);
        byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        boolean zipped = bytes[0] == 0x1f;
        return zipped
                ? new String(
                        new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes(), StandardCharsets.UTF_8)
                : new String(bytes, StandardCharsets.UTF_8);
    }

    private String subscription() {
        return "serviceName=orders&clusters=&app=shop&udpPort=" + client.getLocalPort();
    }

    @Test
    void whoNamesAPortThatIsNoneGetsTheListAndIsNoSubscriber() {
        assertThat(node.call("GET", "/v1/ns/instance/list", "serviceName=orders&app=shop&udpPort=70000")
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.call("GET", "/v1/ns/service/subscribers", "serviceName=orders")
                        .body())
                .contains("\"count\":0");
    }

    @Test
    void whoNamesAPortIsToldOfChangesThere() throws IOException {
        assertThat(node.call("GET", "/v1/ns/instance/list", subscription()).statusCode())
                .isEqualTo(200);
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        JsonObject first = JsonObject.parse(received(packet));
        assertThat(first.text("type")).hasValue("dom");

        assertThat(node.call("POST", "/v1/ns/instance", "serviceName=orders&ip=10.0.0.1&port=80")
                        .body())
                .isEqualTo("ok");
        JsonObject second = JsonObject.parse(received(packet));
        JsonObject list = JsonObject.parse(second.text("data").orElseThrow());
        assertThat(list.text("name")).hasValue("DEFAULT_GROUP@@orders");
        assertThat(list.objects("hosts").get(0).text("ip")).hasValue("10.0.0.1");

        acknowledge(second, packet.getSocketAddress());
        await().until(() -> pushState().contains("\"succeed\":1"));
        String subscribers = node.call("GET", "/v1/ns/service/subscribers", "serviceName=orders")
                .body();
        assertThat(subscribers)
                .contains("\"addrStr\":\"127.0.0.1:" + client.getLocalPort() + "\"", "\"app\":\"shop\"", "\"count\":1");
        assertThat(node.call("GET", "/v2/ns/client/service/subscriber/list", "serviceName=orders")
                        .body())
                .contains("\"clientId\":\"127.0.0.1:" + client.getLocalPort() + "#true\"");
    }

    private void acknowledge(JsonObject push, SocketAddress server) throws IOException {
        acknowledge(client, push, server);
    }

    private static void acknowledge(DatagramSocket client, JsonObject push, SocketAddress server) throws IOException {
        String ack = "{\"type\":\"push-ack\",\"lastRefTime\":\""
                + push.text("lastRefTime").orElseThrow() + "\",\"data\":\"\"}";
        byte[] bytes = ack.getBytes(StandardCharsets.UTF_8);
        client.send(new DatagramPacket(bytes, bytes.length, server));
    }

    @Test
    void anAcknowledgementIsThatOfTheClientItComesFromAlone() throws IOException {
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            other.setSoTimeout(30_000);
            node.call("POST", "/v1/ns/instance", "serviceName=orders&ip=10.0.0.1&port=80");
            String list = "serviceName=orders&udpPort=";
            node.call("GET", "/v1/ns/instance/list", list + client.getLocalPort());
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            JsonObject first = JsonObject.parse(received(packet));
            node.call("GET", "/v1/ns/instance/list", list + other.getLocalPort());
            DatagramPacket toOther = new DatagramPacket(new byte[65_536], 65_536);
            other.receive(toOther);
            JsonObject second =
                    JsonObject.parse(new String(toOther.getData(), 0, toOther.getLength(), StandardCharsets.UTF_8));
            assertThat(second.text("lastRefTime")).as("the same bytes").isEqualTo(first.text("lastRefTime"));

            acknowledge(client, first, packet.getSocketAddress());
            String state = await().until(this::pushState, found -> !found.contains("\"succeed\":0"));
            assertThat(state).contains("\"succeed\":1");
            acknowledge(client, first, packet.getSocketAddress());
            acknowledge(other, second, packet.getSocketAddress());
            await().until(() -> pushState().contains("\"succeed\":2"));
        }
    }

    private String pushState() {
        return node.call("GET", "/v1/ns/operator/push/state", "").body();
    }

    @Test
    void longListsAreCompressed() throws IOException {
        for (int i = 1; i <= 20; i++) {
            String at = "serviceName=orders&ip=10.0.0." + i + "&port=80";
            assertThat(node.call("POST", "/v1/ns/instance", at).statusCode()).isEqualTo(200);
        }
        assertThat(node.call("GET", "/v1/ns/instance/list", subscription()).statusCode())
                .isEqualTo(200);

        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        String push = received(packet);
        assertThat(packet.getLength()).isLessThan(push.length());
        assertThat(JsonObject.parse(JsonObject.parse(push).text("data").orElseThrow())
                        .objects("hosts"))
                .hasSize(20);
    }

    @Test
    void whoCannotBeToldOfChangesForOverloadGetsTheListAndIsNoSubscriber() {
        FullLoop.during(node.push, () -> {
            assertThat(node.call("GET", "/v1/ns/instance/list", subscription()).statusCode())
                    .isEqualTo(200);
            assertThat(pushState()).contains("\"subscribers\":0");
        });
        await().until(() -> {
            node.call("GET", "/v1/ns/instance/list", subscription());
            return pushState().contains("\"subscribers\":1");
        });
    }

    @Test
    void anAddressThatIsNotOfThisMachineIsNamed() {
        assertThatThrownBy(() -> NacosHttpServer.start("192.0.2.1", 0, node.parts))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("http port: cannot bind 192.0.2.1:0: ");
    }

    @Test
    void aPortClosesAlsoIfThePushLoopHasEnded() throws IOException {
        node.call("GET", "/v1/ns/instance/list", subscription());
        received(new DatagramPacket(new byte[65_536], 65_536));
        node.push.close();
        int port = node.server.port();
        node.server.close();

        await().until(() -> isClosed(port));
    }

    private static boolean isClosed(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }

    @Test
    void whoDoesNotListenIsToldNothing() throws IOException {
        var unused = node.send(node.request("/v1/ns/instance/list?" + subscription())
                .setHeader("User-Agent", "curl/7")
                .GET());
        client.setSoTimeout((int) Duration.ofMillis(300).toMillis());

        boolean silent = false;
        try {
            String push = received(new DatagramPacket(new byte[65_536], 65_536));
            assertThat(push).isNull();
        } catch (SocketTimeoutException nothing) {
            silent = true;
        }
        assertThat(silent).isTrue();
        assertThat(node.call("GET", "/v1/ns/service/subscribers", "serviceName=orders")
                        .body())
                .contains("\"count\":0");
    }
}
