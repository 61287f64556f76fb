package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** A list goes into a datagram or not, and nobody reads all of a long one to find that out. */
final class DatagramTest {
    private static final long ID = 17;

    /** Text of which half a byte says as much as a byte, up to {@code end}. */
    private static final class Digits extends InputStream {
        final Random random = new Random(1);
        final int end;
        int read;

        Digits(int end) {
            this.end = end;
        }

        @Override
        public int read() {
            return read < end ? digit() : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int some = Math.min(length, end - read);
            for (int i = 0; i < some; i++) {
                into[offset + i] = digit();
            }
            return some > 0 ? some : -1;
        }

        private byte digit() {
            read++;
            return (byte) Character.forDigit(random.nextInt(16), 16);
        }
    }

    private static String list(ByteString datagram) throws IOException {
        boolean zipped = datagram.byteAt(0) == 0x1f;
        byte[] plain = zipped
                ? new GZIPInputStream(new ByteArrayInputStream(datagram.toByteArray())).readAllBytes()
                : datagram.toByteArray();
        JsonObject push = JsonObject.parse(new String(plain, StandardCharsets.UTF_8));
        assertThat(push.text("type")).hasValue("dom");
        assertThat(push.text("lastRefTime")).hasValue(Long.toString(ID));
        return push.text("data").orElseThrow();
    }

    @Test
    void ofAListThatDoesNotFitNoMoreIsReadThanGoesIn() {
        Digits list = new Digits(20_000_000);
        assertThat(Datagram.zipped(ID, list)).isEmpty();
        assertThat(list.read).isLessThan(1_000_000);
    }

    @Test
    void aLongListThatCompressesWellIsSentWhole() throws IOException {
        String list = "{\"ip\":\"10.0.0.1\",\"zone\":\"\uD83D\uDE00 \u4e00st\"}".repeat(100_000);
        ByteString datagram = Datagram.of(ID, ByteString.copyFromUtf8(list)).orElseThrow();
        assertThat(datagram.size()).isLessThan(Datagram.BYTES_MAX);
        assertThat(list(datagram)).isEqualTo(list);
    }

    @Test
    void whatJustFitsIsSentAndWhatJustDoesNotIsNot() throws IOException {
        int fits = 0;
        int doesNot = 1_000_000;
        while (doesNot - fits > 1) {
            int middle = (fits + doesNot) / 2;
            if (Datagram.zipped(ID, new Digits(middle)).isPresent()) {
                fits = middle;
            } else {
                doesNot = middle;
            }
        }
        ByteString largest = Datagram.zipped(ID, new Digits(fits)).orElseThrow();
        assertThat(largest.size()).isBetween(Datagram.BYTES_MAX - 100, Datagram.BYTES_MAX);
        assertThat(list(largest)).hasSize(fits);
    }

    @Test
    void aShortListIsNotCompressed() throws IOException {
        ByteString datagram =
                Datagram.of(ID, ByteString.copyFromUtf8("{\"hosts\":[]}")).orElseThrow();
        assertThat(datagram.toStringUtf8()).startsWith("{\"type\":\"dom\"");
        assertThat(list(datagram)).isEqualTo("{\"hosts\":[]}");
        String quotes = "\"".repeat(1_000);
        ByteString longer = Datagram.of(ID, ByteString.copyFromUtf8(quotes)).orElseThrow();
        assertThat(longer.size()).isLessThan(1_000);
        assertThat(list(longer)).isEqualTo(quotes);
    }
}
