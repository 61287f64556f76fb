package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How soon a server finds a client that is frozen: one whose connection stands and that answers nothing. */
class KeepAliveTest {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    private static final int PING = 6; // RFC 9113, section 6.7

    /** By order and not by the clock, which says little on a busy machine. */
    @Test
    void aFrozenClientIsFoundTheSoonerTheShorterTheKeepaliveIs() throws IOException {
        try (DoorServer late = DoorServer.start("late", "127.0.0.1", 0, List.of(), Duration.ofMinutes(1));
                DoorServer soon = DoorServer.start("soon", "127.0.0.1", 0, List.of(), Duration.ofSeconds(1));
                FrozenClient patient = new FrozenClient(late.port());
                FrozenClient hasty = new FrozenClient(soon.port())) {
            assertThat(hasty.framesUntilItIsClosed()).contains(PING);
            assertThat(patient.framesSoFar())
                    .as("not even asked yet")
                    .isNotEmpty()
                    .doesNotContain(PING);
        }
    }

    /** Says what it must for a connection, and nothing more. */
    private static final class FrozenClient implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;

        FrozenClient(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            in = new DataInputStream(socket.getInputStream());
            socket.getOutputStream().write(PREFACE);
            socket.getOutputStream().write(EMPTY_SETTINGS);
        }

        List<Integer> framesUntilItIsClosed() throws IOException {
            List<Integer> types = new ArrayList<>();
            for (int length = in.read(); length >= 0; length = in.read()) {
                types.add(frame(length));
            }
            return types;
        }

        List<Integer> framesSoFar() throws IOException {
            List<Integer> types = new ArrayList<>();
            while (in.available() > 0) {
                types.add(frame(in.read()));
            }
            return types;
        }

        private int frame(int lengthHigh) throws IOException {
            int length = lengthHigh << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.skipNBytes(5L + length); // flags and stream
            return type;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
