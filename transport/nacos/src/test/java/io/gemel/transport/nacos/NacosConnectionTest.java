package io.gemel.transport.nacos;

import static io.gemel.transport.nacos.NacosClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import org.junit.jupiter.api.Test;

/** A stream becomes a connection with its first message, and none once it is over, whatever comes on it then. */
final class NacosConnectionTest {
    private static final Received SETUP =
            new Received("ConnectionSetupRequest", ByteString.copyFromUtf8("{\"abilityTable\":{}}"));

    private final LoneConnection node = new LoneConnection();

    @Test
    void aFirstMessageThatComesWhileItsStreamIsEndedOpensNothing() throws InterruptedException {
        Thread transport = new Thread(() -> node.connection.onMessage(SETUP), "transport");
        synchronized (node.transport) {
            transport.start();
            eventually().until(() -> isHeldUp(transport));
            node.pass(NacosConnection.SILENT_MAX);
            node.connection.sweep();
            node.pass(NacosConnection.ANSWERS_WITHIN);
            node.connection.sweep();
            assertThat(node.stream.ended()).isTrue();
        }
        transport.join();
        node.loop.runAll();

        assertThat(node.transport.connection()).isEmpty();
        assertThat(node.sessions.size()).isZero();
        assertThat(node.stream.sent).noneMatch(message -> message.startsWith("SetupAckRequest"));
    }

    /** At the door of the transport that the test holds shut: the message is about to open the connection. */
    private boolean isHeldUp(Thread thread) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
        LockInfo lock = info == null ? null : info.getLockInfo();
        return lock != null && lock.getIdentityHashCode() == System.identityHashCode(node.transport);
    }
}
