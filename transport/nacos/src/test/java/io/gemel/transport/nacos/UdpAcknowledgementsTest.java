package io.gemel.transport.nacos;

import static io.gemel.transport.nacos.NacosClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.util.EventLoopGroups;
import io.gemel.naming.ServiceId;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client does not acknowledge is sent to it once more and then forgotten. In simulated time. */
final class UdpAcknowledgementsTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final String AGENT = "Nacos-Java-Client:v1.4.8";

    private final HttpNode node = new HttpNode();
    private final AtomicLong nanos = new AtomicLong();
    private final Thread asking = Thread.currentThread();
    private Runnable whileAsking = () -> {}; // once
    private final EventLoopGroup loops = EventLoopGroups.newEventLoopGroup(1, "udp", true);
    private final EventLoop loop = loops.next();
    private final UdpPush push =
            new UdpPush(node.naming, loop, HttpNode.HOST, this::nanos, new RefTime(InstantSource.system()));
    private final DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);

    UdpAcknowledgementsTest() throws IOException {
        client.setSoTimeout(30_000);
    }

    @AfterEach
    void stop() {
        push.close();
        client.close();
        node.close();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(node.failures).isEmpty();
    }

    private void subscribe(DatagramSocket by) {
        push.subscribe(
                ORDERS, Selection.ALL, new InetSocketAddress(by.getLocalAddress(), by.getLocalPort()), AGENT, "shop");
    }

    private long nanos() {
        if (Thread.currentThread() == asking) {
            Runnable meanwhile = whileAsking;
            whileAsking = () -> {};
            meanwhile.run();
        }
        return nanos.get();
    }

    private String received() throws IOException {
        client.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    private void acknowledge(String pushed) throws IOException {
        String ack = "{\"type\":\"push-ack\",\"lastRefTime\":\"%s\",\"data\":\"\"}"
                .formatted(JsonObject.parse(pushed).text("lastRefTime").orElseThrow());
        byte[] bytes = ack.getBytes(StandardCharsets.UTF_8);
        client.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
    }

    private <T> T inLoop(Callable<T> task) {
        return loop.submit(task).syncUninterruptibly().getNow();
    }

    private void sweepAfter(Duration time) {
        nanos.addAndGet(time.toNanos());
        sweep();
    }

    private void sweep() {
        loop.submit(push::sweep).syncUninterruptibly();
    }

    @Test
    void whatIsNotAcknowledgedIsSentOnceMoreAndThenForgotten() throws IOException {
        subscribe(client);
        String first = received();
        sweepAfter(UdpPush.ACKNOWLEDGED_WITHIN.minusNanos(1));
        assertThat(push.sent()).isEqualTo(1);

        sweepAfter(Duration.ofNanos(1));
        assertThat(received()).isEqualTo(first);
        assertThat(inLoop(push::awaited)).isEqualTo(1);
        sweepAfter(UdpPush.ACKNOWLEDGED_WITHIN);
        assertThat(push.sent()).isEqualTo(2);
        assertThat(inLoop(push::awaited)).isZero();

        acknowledge(first);
        node.call("POST", "/v1/ns/instance", "serviceName=orders&ip=10.0.0.1&port=80");
        acknowledge(received());
        eventually().until(() -> push.acknowledged() == 1);
    }

    @Test
    void theAcknowledgementOfWhatWasSentOnceMoreCounts() throws IOException {
        subscribe(client);
        received();
        sweepAfter(UdpPush.ACKNOWLEDGED_WITHIN);
        acknowledge(received());
        eventually().until(() -> push.acknowledged() == 1);
        assertThat(inLoop(push::awaited)).isZero();
        sweepAfter(UdpPush.ACKNOWLEDGED_WITHIN);
        assertThat(push.sent()).isEqualTo(2);
    }

    @Test
    void ofEachWatchTheNewestPacketAloneIsWaitedFor() throws IOException {
        subscribe(client);
        String first = received();
        for (int i = 1; i <= 3; i++) {
            node.call("POST", "/v1/ns/instance", "serviceName=orders&ip=10.0.0.1&port=80&weight=" + i);
            received();
            assertThat(inLoop(push::awaited)).isEqualTo(1);
        }
        acknowledge(first);
        sweepAfter(UdpPush.ACKNOWLEDGED_WITHIN);
        assertThat(JsonObject.parse(received()).text("data").orElseThrow()).contains("\"weight\":3.0");
        assertThat(push.acknowledged()).isZero();
    }

    @Test
    void whoAsksWhileTheServerStopsIsNoSubscriber() {
        var offered = new CompletableFuture<Void>();
        node.push.execute(offered::join);
        push.close();
        subscribe(client);
        assertThat(push.subscribers()).isEmpty();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        offered.complete(null);

        assertThat(node.call("POST", "/v1/ns/instance", "serviceName=orders&ip=10.0.0.1&port=80")
                        .body())
                .isEqualTo("ok");
        assertThat(node.call("GET", "/v1/ns/instance/list", "serviceName=orders&udpPort=" + client.getLocalPort())
                        .body())
                .contains("10.0.0.1");
        eventually()
                .until(
                        () -> node.call("GET", "/v1/ns/operator/push/state", "").body(),
                        state -> state.contains("\"total\":1"));
    }

    @Test
    void whoAsksAgainInTheMomentInWhichItsTimeIsOverStaysASubscriber() throws IOException {
        subscribe(client);
        received();
        nanos.addAndGet(UdpPush.KEPT.plusNanos(1).toNanos());
        whileAsking = this::sweep;
        subscribe(client);
        assertThat(push.subscribers()).hasSize(1);

        node.call("POST", "/v1/ns/instance", "serviceName=orders&ip=10.0.0.1&port=80");
        String pushed = received();
        while (!pushed.contains("10.0.0.1")) {
            pushed = received();
        }
    }

    @Test
    void whoAsksNoMoreIsNotWaitedForAndSentNothing() throws IOException {
        subscribe(client);
        received();
        sweepAfter(UdpPush.KEPT.plusNanos(1));
        assertThat(push.subscribers()).isEmpty();
        assertThat(inLoop(push::awaited)).isZero();
        assertThat(push.sent()).isEqualTo(1);
    }
}
