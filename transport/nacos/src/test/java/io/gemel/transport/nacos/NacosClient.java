package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.gemel.transport.nacos.payload.BiRequestStreamGrpc;
import io.gemel.transport.nacos.payload.Payload;
import io.gemel.transport.nacos.payload.RequestGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;

/** Speaks the protocol as it stands on the wire. Acknowledges what it is sent if told to. */
final class NacosClient implements AutoCloseable, StreamObserver<Payload> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ManagedChannel channel;
    private final List<Sent> received = new CopyOnWriteArrayList<>();
    private volatile Optional<Status> ended = Optional.empty();
    private Optional<StreamObserver<Payload>> stream = Optional.empty();
    private volatile boolean acknowledges = true;

    NacosClient(ManagedChannel channel) {
        this.channel = channel;
    }

    /** Waits for what comes about in milliseconds, unless the machine is very busy. */
    static ConditionFactory eventually() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10));
    }

    /** A message of the server. */
    record Sent(String type, JsonObject body) {
        static Sent of(Payload payload) {
            assertThat(payload.getBody().getTypeUrl()).isEmpty();
            return new Sent(
                    payload.getMetadata().getType(),
                    JsonObject.parse(payload.getBody().getValue()));
        }

        int code() {
            return body.integer("errorCode", -1);
        }

        boolean success() {
            return body.integer("resultCode", -1) == 200 && body.flag("success", false);
        }

        String text(String field) {
            return body.text(field).orElse("");
        }

        /** ip:port of each host, of the message itself or of the serviceInfo in it. */
        List<String> hosts() {
            return body.object("serviceInfo").orElse(body).objects("hosts").stream()
                    .map(host -> host.text("ip").orElseThrow() + ":" + host.integer("port", 0))
                    .toList();
        }
    }

    /** Opens the stream; done once the connection has what it asked for. */
    void connect(String module) {
        open(
                "ConnectionSetupRequest",
                "{\"clientVersion\":\"t\",\"labels\":{\"module\":\"" + module + "\"},\"abilityTable\":{}}");
        awaitSent("SetupAckRequest");
    }

    /** Opens the stream with another first message. */
    void open(String type, String json) {
        stream = Optional.of(BiRequestStreamGrpc.newStub(channel).requestBiStream(this));
        send(type, json);
    }

    /** Sends something on the stream. */
    void send(String type, String json) {
        stream.orElseThrow().onNext(Message.of(type, ByteString.copyFromUtf8(json)));
    }

    Sent call(String type, String json) {
        return Sent.of(RequestGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .request(Message.of(type, ByteString.copyFromUtf8(json))));
    }

    /** As {@link #call}, and does not wait for the answer. */
    CompletableFuture<Sent> ask(String type, String json) {
        CompletableFuture<Sent> answer = new CompletableFuture<>();
        RequestGrpc.newStub(channel)
                .request(Message.of(type, ByteString.copyFromUtf8(json)), new StreamObserver<Payload>() {
                    @Override
                    public void onNext(Payload payload) {
                        answer.complete(Sent.of(payload));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        return answer;
    }

    /** Sends bytes that are no message. */
    Sent callWith(byte[] garbage) {
        var method = RequestGrpc.getRequestMethod().toBuilder(
                        Garbage.MARSHALLER, RequestGrpc.getRequestMethod().getResponseMarshaller())
                .build();
        return Sent.of(ClientCalls.blockingUnaryCall(
                channel, method, RequestGrpc.newBlockingStub(channel).getCallOptions(), garbage));
    }

    Sent register(String service, String ip, int port) {
        return instance(
                "InstanceRequest", "registerInstance", service, "{\"ip\":\"%s\",\"port\":%d}".formatted(ip, port));
    }

    Sent instance(String request, String type, String service, String instance) {
        return call(
                request, "{\"serviceName\":\"%s\",\"type\":\"%s\",\"instance\":%s}".formatted(service, type, instance));
    }

    Sent query(String service) {
        return call("ServiceQueryRequest", "{\"serviceName\":\"" + service + "\"}");
    }

    Sent subscribe(String service) {
        return call("SubscribeServiceRequest", "{\"serviceName\":\"" + service + "\",\"subscribe\":true}");
    }

    /** What was sent of {@code type} so far. */
    List<Sent> sent(String type) {
        return received.stream().filter(sent -> sent.type().equals(type)).toList();
    }

    /** The newest of {@code type}, once there is one. */
    Sent awaitSent(String type) {
        return awaitSent(type, 1);
    }

    /** The newest of {@code type}, once there are as many. */
    Sent awaitSent(String type, int count) {
        List<Sent> sent = eventually().until(() -> sent(type), found -> found.size() >= count);
        return sent.get(sent.size() - 1);
    }

    /** From now on nothing is acknowledged. */
    void acknowledgesNothing() {
        acknowledges = false;
    }

    void awaitEnd() {
        eventually().until(() -> ended.isPresent());
    }

    boolean ended() {
        return ended.isPresent();
    }

    /** Answers a message of the server. */
    void acknowledge(Sent sent, int resultCode) {
        send("Any", "{\"resultCode\":%d,\"requestId\":\"%s\"}".formatted(resultCode, sent.text("requestId")));
    }

    @Override
    public synchronized void onNext(Payload payload) {
        Sent sent = Sent.of(payload);
        received.add(sent);
        if (acknowledges && !sent.type().equals("SetupAckRequest")) {
            acknowledge(sent, 200);
        }
    }

    @Override
    public void onError(Throwable failure) {
        ended = Optional.of(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        ended = Optional.of(Status.OK);
    }

    /** Leaves as a client does that is shut down: the stream ends first. */
    void leave() {
        stream.orElseThrow().onCompleted();
        awaitEnd();
    }

    /** Is gone at once. */
    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** Bytes as they are. */
    private static final class Garbage implements io.grpc.MethodDescriptor.Marshaller<byte[]> {
        static final Garbage MARSHALLER = new Garbage();

        @Override
        public java.io.InputStream stream(byte[] bytes) {
            return new java.io.ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(java.io.InputStream stream) {
            throw new UnsupportedOperationException();
        }
    }
}
