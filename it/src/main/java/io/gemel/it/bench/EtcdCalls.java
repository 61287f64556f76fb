package io.gemel.it.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * The three calls of etcd's public API, version 3, that a comparison needs, with the fields of their messages that it needs.
 *
 * <p>Written by hand, because two fields out and one in are less than generated code would bring along, and cost the driver
 * no more. A field that is not sent has its default: a range without more is of one key, and linearizable.
 */
final class EtcdCalls {
    private static final int PUT_KEY = 1;
    private static final int PUT_VALUE = 2;
    private static final int RANGE_KEY = 1;
    private static final int RANGE_ANSWER_PAIRS = 2;
    private static final int PAIR_VALUE = 5;
    private static final int ANSWER_HEADER = 1;
    private static final int HEADER_MEMBER = 2;
    private static final int HEADER_REVISION = 3;
    private static final int STATUS_VERSION = 2;
    private static final int STATUS_LEADER = 4;

    /** Writes a value; answers with the revision that this made. */
    static final MethodDescriptor<Put, Long> PUT =
            method("etcdserverpb.KV", "Put", new Writing<>(EtcdCalls::encode), new Reading<>(EtcdCalls::revision));

    /** Reads a key's value at a server that has asked a majority; empty if there is none. */
    static final MethodDescriptor<Range, Optional<ByteString>> RANGE =
            method("etcdserverpb.KV", "Range", new Writing<>(EtcdCalls::encode), new Reading<>(EtcdCalls::value));

    /** What a server says of itself. */
    static final MethodDescriptor<AskStatus, Standing> STATUS = method(
            "etcdserverpb.Maintenance",
            "Status",
            new Writing<>(request -> new byte[0]),
            new Reading<>(EtcdCalls::standing));

    private EtcdCalls() {}

    /** What to write. */
    record Put(ByteString key, ByteString value) {}

    /** What to read. */
    record Range(ByteString key) {}

    /** A question without a field. */
    record AskStatus() {}

    /**
     * A server's own view.
     *
     * @param member its number
     * @param leader the number of the leader that it knows; 0 if it knows none
     * @param version such as 3.4.23
     */
    record Standing(long member, long leader, String version) {
        boolean leads() {
            return member == leader;
        }
    }

    private static <Q, R> MethodDescriptor<Q, R> method(
            String service, String name, Writing<Q> writing, Reading<R> reading) {
        return MethodDescriptor.<Q, R>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
                .setRequestMarshaller(writing)
                .setResponseMarshaller(reading)
                .build();
    }

    private static byte[] encode(Put put) {
        byte[] bytes = new byte
                [CodedOutputStream.computeBytesSize(PUT_KEY, put.key())
                        + CodedOutputStream.computeBytesSize(PUT_VALUE, put.value())];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeBytes(PUT_KEY, put.key());
            out.writeBytes(PUT_VALUE, put.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the array has exactly the size
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    private static byte[] encode(Range range) {
        byte[] bytes = new byte[CodedOutputStream.computeBytesSize(RANGE_KEY, range.key())];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeBytes(RANGE_KEY, range.key());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the array has exactly the size
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    private static long revision(ByteString answer) throws IOException {
        return number(bytes(answer, ANSWER_HEADER).orElse(ByteString.EMPTY), HEADER_REVISION);
    }

    private static Optional<ByteString> value(ByteString answer) throws IOException {
        Optional<ByteString> pair = bytes(answer, RANGE_ANSWER_PAIRS);
        return pair.isEmpty()
                ? Optional.empty()
                : Optional.of(bytes(pair.get(), PAIR_VALUE).orElse(ByteString.EMPTY));
    }

    private static Standing standing(ByteString answer) throws IOException {
        ByteString header = bytes(answer, ANSWER_HEADER).orElse(ByteString.EMPTY);
        String version =
                bytes(answer, STATUS_VERSION).map(ByteString::toStringUtf8).orElse("?");
        return new Standing(number(header, HEADER_MEMBER), number(answer, STATUS_LEADER), version);
    }

    /** The first field of that number; an empty one and one that is left out are the same only to a caller who says so. */
    private static Optional<ByteString> bytes(ByteString message, int field) throws IOException {
        CodedInputStream in = message.newCodedInput();
        return find(in, field, WireFormat.WIRETYPE_LENGTH_DELIMITED) ? Optional.of(in.readBytes()) : Optional.empty();
    }

    /** The first field of that number; 0 if it is left out. */
    private static long number(ByteString message, int field) throws IOException {
        CodedInputStream in = message.newCodedInput();
        return find(in, field, WireFormat.WIRETYPE_VARINT) ? in.readUInt64() : 0;
    }

    /** Whether there is such a field; {@code in} then stands at its content. */
    private static boolean find(CodedInputStream in, int field, int wireType) throws IOException {
        int wanted = field << 3 | wireType;
        int tag = in.readTag();
        while (tag != 0 && tag != wanted) {
            in.skipField(tag);
            tag = in.readTag();
        }
        return tag == wanted;
    }

    /** Turns requests into bytes; there is nobody who would read one. */
    private record Writing<T>(Encoder<T> encoder) implements MethodDescriptor.Marshaller<T> {
        /** The bytes of a message. */
        @FunctionalInterface
        interface Encoder<T> {
            byte[] encode(T message);
        }

        @Override
        public InputStream stream(T message) {
            return new Encoded(encoder.encode(message));
        }

        @Override
        public T parse(InputStream stream) {
            throw new UnsupportedOperationException("requests are only sent");
        }
    }

    /** Turns bytes into answers; there is nobody who would send one. */
    private record Reading<T>(Decoder<T> decoder) implements MethodDescriptor.Marshaller<T> {
        /** The message in these bytes. */
        @FunctionalInterface
        interface Decoder<T> {
            T decode(ByteString bytes) throws IOException;
        }

        @Override
        public InputStream stream(T message) {
            throw new UnsupportedOperationException("answers are only received");
        }

        @Override
        public T parse(InputStream stream) {
            try {
                byte[] bytes =
                        stream instanceof KnownLength ? stream.readNBytes(stream.available()) : stream.readAllBytes();
                return decoder.decode(UnsafeByteOperations.unsafeWrap(bytes));
            } catch (IOException e) {
                throw Status.INTERNAL
                        .withDescription("etcd's answer is no such message")
                        .withCause(e)
                        .asRuntimeException();
            }
        }
    }

    /** Bytes that gRPC takes over in one piece rather than through a buffer of its own. */
    private static final class Encoded extends ByteArrayInputStream implements KnownLength, Drainable {
        Encoded(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int length = count - pos;
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }
}
