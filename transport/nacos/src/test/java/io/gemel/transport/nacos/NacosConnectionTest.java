package io.gemel.transport.nacos;

import static io.gemel.transport.nacos.NacosClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.transport.nacos.payload.BiRequestStreamGrpc;
import io.gemel.transport.nacos.payload.Payload;
import io.grpc.Metadata;
import io.grpc.ServerMethodDefinition;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.InstantSource;
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

    /** As after a stop of the server: the push loop goes on first, and finds a silence that is long enough. */
    @Test
    void aStreamThatHasNotBegunIsAskedNothing() {
        ManualTicker time = new ManualTicker();
        ManualLoop push = new ManualLoop(time);
        NacosDoor door = new NacosDoor(node.naming, push, node.nanos::get, InstantSource.system(), new ConfigNotice());
        LoneStream stream = new LoneStream();
        stream.whileBeginning = () -> {
            node.pass(NacosConnection.SILENT_MAX);
            time.advance(NacosConnection.SILENT_MAX);
            push.runAll();
        };

        begin(door, stream);
        assertThat(stream.sent).isEmpty();
        time.advance(NacosConnection.SILENT_MAX);
        push.runAll();
        assertThat(stream.sent).singleElement().asString().startsWith("ClientDetectionRequest");
    }

    @SuppressWarnings("unchecked") // the one that the door has bound
    private static void begin(NacosDoor door, LoneStream stream) {
        var method = (ServerMethodDefinition<Received, Payload>) door.services().stream()
                .flatMap(service -> service.bindService().getMethods().stream())
                .filter(each -> each.getMethodDescriptor()
                        .getFullMethodName()
                        .equals(BiRequestStreamGrpc.getRequestBiStreamMethod().getFullMethodName()))
                .findFirst()
                .orElseThrow();
        var unused = method.getServerCallHandler().startCall(stream, new Metadata());
    }

    /** At the door of the transport that the test holds shut: the message is about to open the connection. */
    private boolean isHeldUp(Thread thread) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
        LockInfo lock = info == null ? null : info.getLockInfo();
        return lock != null && lock.getIdentityHashCode() == System.identityHashCode(node.transport);
    }
}
