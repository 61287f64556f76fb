package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.consistency.raft.PeerLink.Sign;
import io.grpc.InsecureChannelCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a peer's port is found to say. */
class PeerLinkTest {
    private static final int PATIENCE = 10_000;
    private static final int SHORT = 1_000;

    private final AtomicInteger lost = new AtomicInteger();

    @Test
    void aPortOnWhichNobodyListensRefuses() throws Exception {
        int free = TestGroup.freePorts(1).get(0);
        assertThat(ask(free, PATIENCE)).isEqualTo(Sign.REFUSED);
        await().atMost(Duration.ofSeconds(10)).until(() -> lost.get() > 0);
    }

    @Test
    void aPortOnWhichSomebodyListensButDoesNotAnswerIsNoSign() throws Exception {
        try (ServerSocket frozen = loopback(50)) {
            assertThat(ask(frozen.getLocalPort(), SHORT)).isEqualTo(Sign.NONE);
        }
    }

    @Test
    void aConnectionThatEndsAtOnceIsNoSign() throws Exception {
        try (ServerSocket ending = loopback(50)) {
            Thread closes = new Thread(() -> closeAll(ending));
            closes.start();
            assertThat(ask(ending.getLocalPort(), SHORT)).isEqualTo(Sign.NONE);
        }
    }

    /** Linux leaves a connection unanswered for which there is no room, as a host does that is not there. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aHostThatIsSilentIsNoSign() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = loopback(1)) {
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket();
                waiting.add(socket);
                connect(socket, full.getLocalPort());
            }
            assertThat(ask(full.getLocalPort(), SHORT)).isEqualTo(Sign.NONE);
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void thatAConnectionBreaksIsToldAndThatItIsClosedHereIsNot() throws Exception {
        try (ServerSocket peer = loopback(50)) {
            PeerLink link = link(peer.getLocalPort());
            peer.accept().close();
            await().atMost(Duration.ofSeconds(10)).until(() -> lost.get() == 1);
            link.close();
            assertThat(lost).hasValue(1);
        }
    }

    /** It would end the installation, and the peer would ask in vain for what is left of the snapshot. */
    @Test
    void aConnectionOverWhichASnapshotIsInstalledIsNotGivenUpForAnswersThatAreLate() throws Exception {
        try (ServerSocket slow = loopback(50)) {
            PeerLink link = link(slow.getLocalPort());
            try {
                link.installing();
                link.timedOut();
                link.timedOut();
                link.timedOut();
                assertThat(link.stalled()).isFalse();

                link.installed();
                assertThat(link.stalled()).isTrue();
                link.answered();
                assertThat(link.stalled()).isFalse();
            } finally {
                link.close();
            }
        }
    }

    private static void connect(Socket socket, int port) {
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        } catch (IOException noRoom) {
            // what is wanted
        }
    }

    private static void closeAll(ServerSocket ending) {
        try {
            while (true) {
                ending.accept().close();
            }
        } catch (IOException over) {
            // the test is over
        }
    }

    private static ServerSocket loopback(int backlog) throws IOException {
        return new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    }

    private Sign ask(int port, int millis) throws Exception {
        PeerLink link = link(port);
        try {
            return link.ask(millis).get(20, TimeUnit.SECONDS);
        } finally {
            link.close();
        }
    }

    private PeerLink link(int port) {
        InetSocketAddress address = InetSocketAddress.createUnresolved("127.0.0.1", port);
        return new PeerLink(
                new RaftPeers("test", "s1", id -> Optional.of(address)),
                address,
                InsecureChannelCredentials.create(),
                Duration.ofMillis(200),
                System::nanoTime,
                new PeerLink.Watcher() {
                    @Override
                    public void ready() {
                        // of no interest
                    }

                    @Override
                    public void lost() {
                        lost.incrementAndGet();
                    }
                });
    }
}
