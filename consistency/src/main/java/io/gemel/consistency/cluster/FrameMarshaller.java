package io.gemel.consistency.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * {@link Frame}s as bytes: the call's number (8, big-endian) and the status code (1), then the message as {@code messages} writes it, or
 * the description of the status in UTF-8.
 */
final class FrameMarshaller<M> implements MethodDescriptor.Marshaller<Frame<M>> {
    private static final int HEAD = Long.BYTES + 1;

    private final MethodDescriptor.Marshaller<M> messages;

    FrameMarshaller(MethodDescriptor.Marshaller<M> messages) {
        this.messages = messages;
    }

    @Override
    public InputStream stream(Frame<M> frame) {
        byte[] head = ByteBuffer.allocate(HEAD)
                .putLong(frame.call())
                .put((byte) frame.status().getCode().value())
                .array();
        InputStream body = frame.status().isOk()
                ? messages.stream(requireNonNull(frame.message()))
                : new ByteArrayInputStream(
                        String.valueOf(frame.status().getDescription()).getBytes(UTF_8));
        return new Framed(new ByteArrayInputStream(head), body);
    }

    /** Throws {@link io.grpc.StatusRuntimeException} for what is no frame. */
    @Override
    public Frame<M> parse(InputStream bytes) {
        try {
            byte[] head = bytes.readNBytes(HEAD);
            if (head.length < HEAD) {
                throw Status.INTERNAL
                        .withDescription("a frame of " + head.length + " bytes (expected: at least " + HEAD + ")")
                        .asRuntimeException();
            }
            long call = ByteBuffer.wrap(head).getLong();
            Status status = Status.fromCodeValue(head[Long.BYTES]);
            return status.isOk()
                    ? Frame.of(call, messages.parse(bytes))
                    : Frame.failed(call, status.withDescription(new String(bytes.readAllBytes(), UTF_8)));
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a frame cannot be read")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    /** Lets gRPC write both parts into its own buffer, and know beforehand how long they are. */
    private static final class Framed extends InputStream implements Drainable, KnownLength {
        private final ByteArrayInputStream head;
        private final InputStream body;

        Framed(ByteArrayInputStream head, InputStream body) {
            this.head = head;
            this.body = body;
        }

        @Override
        public int available() throws IOException {
            return head.available() + body.available();
        }

        @Override
        public int read() throws IOException {
            int next = head.read();
            return next >= 0 ? next : body.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = head.read(into, offset, length);
            return read >= 0 ? read : body.read(into, offset, length);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            long written = head.transferTo(target);
            return (int)
                    (written + (body instanceof Drainable whole ? whole.drainTo(target) : body.transferTo(target)));
        }
    }
}
