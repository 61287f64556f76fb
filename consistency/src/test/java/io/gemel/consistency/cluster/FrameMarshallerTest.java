package io.gemel.consistency.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Drainable;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameMarshallerTest {
    private final FrameMarshaller<String> frames = new FrameMarshaller<>(new Text());

    @Test
    void whatIsWrittenIsReadHoweverItTravels() throws IOException {
        for (long call : List.of(0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE)) {
            for (String message : List.of("", "a", "a message".repeat(1_000))) {
                Frame<String> frame = Frame.of(call, message);
                InputStream written = frames.stream(frame);
                assertThat(written.available()).isEqualTo(9 + message.length());
                assertThat(frames.parse(written)).isEqualTo(frame);
                assertThat(frames.parse(new ByteArrayInputStream(oneByOne(frames.stream(frame)))))
                        .isEqualTo(frame);
                assertThat(frames.parse(new ByteArrayInputStream(drained(frames.stream(frame)))))
                        .isEqualTo(frame);
            }
        }
    }

    @Test
    void aFailureIsReadWithItsCodeAndDescription() {
        Frame<String> read = frames.parse(
                frames.stream(Frame.failed(7, Status.PERMISSION_DENIED.withDescription("not a member: \u00fc"))));
        assertThat(read.call()).isEqualTo(7);
        assertThat(read.message()).isNull();
        assertThat(read.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(read.status().getDescription()).isEqualTo("not a member: \u00fc");
    }

    @Test
    void lessThanItsBeginIsNoFrame() {
        for (int length = 0; length < 9; length++) {
            byte[] few = new byte[length];
            assertThatThrownBy(() -> frames.parse(new ByteArrayInputStream(few)))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INTERNAL: a frame of " + few.length + " bytes (expected: at least 9)");
        }
    }

    /** Codes that no version knows are failures, too: never an answer. */
    @Test
    void anyOtherBytesAreAFrame() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[9 + random.nextInt(20)];
            random.nextBytes(bytes);
            Frame<String> frame = frames.parse(new ByteArrayInputStream(bytes));
            String rest = new String(bytes, 9, bytes.length - 9, UTF_8);
            if (bytes[8] == 0) {
                assertThat(frame.message()).isEqualTo(rest);
            } else {
                assertThat(frame.message()).isNull();
                assertThat(frame.status().isOk()).isFalse();
                assertThat(frame.status().getDescription()).isEqualTo(rest);
            }
        }
    }

    private static byte[] oneByOne(InputStream written) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = written.read(); next >= 0; next = written.read()) {
            bytes.write(next);
        }
        return bytes.toByteArray();
    }

    private static byte[] drained(InputStream written) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int length = written.available();
        assertThat(((Drainable) written).drainTo(bytes)).isEqualTo(length);
        assertThat(written.available()).isZero();
        return bytes.toByteArray();
    }
}
