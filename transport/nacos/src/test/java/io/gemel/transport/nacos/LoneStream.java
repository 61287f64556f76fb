package io.gemel.transport.nacos;

import io.gemel.transport.nacos.payload.Payload;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client's stream without a network. It takes what is sent, in the order that gRPC asks for, and is never behind. */
final class LoneStream extends ServerCall<Received, Payload> {
    /** The types of messages that were sent, each with its JSON. */
    final List<String> sent = new CopyOnWriteArrayList<>();

    /** What happens before it has begun. */
    Runnable whileBeginning = () -> {};

    private final Attributes attributes =
            Transport.marking(InstantSource.system()).transportReady(Attributes.EMPTY);
    private volatile boolean begun;
    private volatile boolean ended;

    /** Whether the server has ended it. */
    boolean ended() {
        return ended;
    }

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {
        whileBeginning.run();
        begun = true;
    }

    @Override
    public void sendMessage(Payload message) {
        if (!begun || ended) {
            throw new IllegalStateException("a message out of order");
        }
        sent.add(message.getMetadata().getType() + message.getBody().getValue().toStringUtf8());
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        ended = true;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public Attributes getAttributes() {
        return attributes;
    }

    @Override
    public MethodDescriptor<Received, Payload> getMethodDescriptor() {
        throw new UnsupportedOperationException("nobody asks");
    }
}
