package io.gemel.transport.nacos;

import com.google.protobuf.ByteString;
import io.gemel.transport.nacos.payload.Payload;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;

/**
 * A request, or the answer to one of ours.
 *
 * @param type what it is; empty if the bytes are no message at all, which is the handler's to answer: gRPC would report an error of the
 *     application
 * @param body a JSON object, if its sender kept to the protocol
 */
record Received(String type, ByteString body) {
    static final MethodDescriptor.Marshaller<Received> MARSHALLER = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Received received) {
            throw new UnsupportedOperationException("only clients send requests");
        }

        @Override
        public Received parse(InputStream bytes) {
            try {
                Payload payload = read(bytes);
                return new Received(
                        payload.getMetadata().getType(), payload.getBody().getValue());
            } catch (IOException notOne) {
                return new Received("", ByteString.EMPTY);
            }
        }
    };

    /** Of a stream protobuf reads four kilobytes at a time: for messages of a few hundred bytes a fifth of what a request allocated. */
    private static Payload read(InputStream bytes) throws IOException {
        return bytes instanceof KnownLength
                ? Payload.parseFrom(bytes.readNBytes(bytes.available()))
                : Payload.parseFrom(bytes);
    }
}
