package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.Ping;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A session stream without the client library, to send what the library would not. */
final class RawSession implements AutoCloseable {
    private final BlockingQueue<ServerMessage> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final StreamObserver<ClientMessage> requests;
    private long lastId;

    private RawSession(Node node) {
        requests = RegistryGrpc.newStub(node.channel()).session(new StreamObserver<>() {
            @Override
            public void onNext(ServerMessage message) {
                received.add(message);
            }

            @Override
            public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                end.complete(Status.OK);
            }
        });
    }

    /** A stream whose session is open. */
    static RawSession open(Node node) {
        RawSession session = new RawSession(node);
        assertThat(session.ask(ClientMessage.newBuilder()
                                .setOpen(Open.newBuilder().setClient("raw")))
                        .hasOpened())
                .isTrue();
        return session;
    }

    /** A stream on which nothing was sent yet. */
    static RawSession unopened(Node node) {
        return new RawSession(node);
    }

    /** Sends with the next request id and does not wait. */
    void send(ClientMessage.Builder message) {
        requests.onNext(message.setRequestId(++lastId).build());
    }

    /** Sends, and waits for the answer with the same id. */
    ServerMessage ask(ClientMessage.Builder message) {
        send(message);
        try {
            while (true) {
                ServerMessage answer = received.poll(10, TimeUnit.SECONDS);
                assertThat(answer)
                        .as("answer to %s; stream's end: %s", message, end)
                        .isNotNull();
                if (answer.getRequestId() == lastId) {
                    return answer;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    ServerMessage ping() {
        return ask(ClientMessage.newBuilder().setPing(Ping.getDefaultInstance()));
    }

    /** With what the server ended the stream. */
    Status failure() {
        return end.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        if (!end.isDone()) {
            requests.onCompleted();
        }
    }
}
