package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePattern;
import io.gemel.naming.ServiceView;
import io.gemel.transport.grpc.v1.ClientBatch;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Close;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.Opened;
import io.gemel.transport.grpc.v1.Ping;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.Unwatch;
import io.gemel.transport.grpc.v1.Watch;
import io.gemel.transport.grpc.v1.WatchServices;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A client of the Session stream that shows what it receives, and reads only as much as it is told to. */
final class StreamClient extends ClientCall.Listener<ServerMessage> {
    /** How the stream ended. */
    record End(Status status, Metadata trailers) {}

    final CompletableFuture<End> end = new CompletableFuture<>();
    private final ManagedChannel channel;
    private final ClientCall<ClientMessage, ServerMessage> call;
    private final BlockingQueue<ServerMessage> received = new LinkedBlockingQueue<>();
    private final Queue<ServerMessage> skipped = new ArrayDeque<>();
    private final AtomicInteger messages = new AtomicInteger();
    private volatile boolean reading = true;
    private long lastId;

    StreamClient(ManagedChannel channel) {
        this(channel, RegistryGrpc.getSessionMethod());
    }

    StreamClient(ManagedChannel channel, MethodDescriptor<ClientMessage, ServerMessage> method) {
        this.channel = channel;
        call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(this, new Metadata());
        call.request(1);
    }

    @Override
    public void onMessage(ServerMessage message) {
        messages.incrementAndGet();
        if (message.hasBatch()) {
            received.addAll(message.getBatch().getMessagesList());
        } else {
            received.add(message);
        }
        if (reading) {
            call.request(1);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        end.complete(new End(status, trailers));
    }

    Opened open() {
        return resume(Open.newBuilder().setClient("test/1\n").build());
    }

    /** As a client that takes batches. */
    Opened openWithBatches() {
        return resume(Open.newBuilder().setBatches(true).build());
    }

    Opened resume(Open open) {
        long id = send(ClientMessage.newBuilder().setOpen(open));
        return answer(id).getOpened();
    }

    long send(ClientMessage.Builder message) {
        return sendAs(++lastId, message);
    }

    long sendAs(long id, ClientMessage.Builder message) {
        call.sendMessage(message.setRequestId(id).build());
        return id;
    }

    /** Sends {@code requests} in one message; the id of the last. */
    long sendTogether(List<ClientMessage.Builder> requests) {
        ClientBatch.Builder batch = ClientBatch.newBuilder();
        requests.forEach(request -> batch.addMessages(request.setRequestId(++lastId)));
        sendAs(0, ClientMessage.newBuilder().setBatch(batch));
        return lastId;
    }

    long register(ServiceId service, Instance... instances) {
        return send(registration(service, instances));
    }

    static ClientMessage.Builder registration(ServiceId service, Instance... instances) {
        return ClientMessage.newBuilder().setRegister(Codec.registerRequest(service, List.of(instances)));
    }

    /** How many messages have come, of which each may be a batch. */
    int messages() {
        return messages.get();
    }

    long watch(ServiceId service) {
        return send(ClientMessage.newBuilder().setWatch(Watch.newBuilder().setService(Codec.encode(service))));
    }

    long watchDeltas(ServiceId service) {
        return send(ClientMessage.newBuilder()
                .setWatch(Watch.newBuilder().setService(Codec.encode(service)).setDeltas(true)));
    }

    long unwatch(ServiceId service) {
        return send(ClientMessage.newBuilder().setUnwatch(Unwatch.newBuilder().setService(Codec.encode(service))));
    }

    long watchServices(ServicePattern pattern) {
        return send(ClientMessage.newBuilder()
                .setWatchServices(WatchServices.newBuilder().setPattern(NamesCodec.encode(pattern))));
    }

    long ping() {
        return send(ClientMessage.newBuilder().setPing(Ping.getDefaultInstance()));
    }

    long close() {
        return send(ClientMessage.newBuilder().setClose(Close.getDefaultInstance()));
    }

    void halfClose() {
        call.halfClose();
    }

    /** As a killed process does. */
    void vanish() {
        channel.shutdownNow();
    }

    void stopReading() {
        reading = false;
    }

    void readOn() {
        reading = true;
        call.request(1);
    }

    /** The answer to a request; what else comes meanwhile is kept. */
    ServerMessage answer(long id) {
        return next(message -> message.getRequestId() == id);
    }

    ServiceView view() {
        return Codec.decode(next(ServerMessage::hasView).getView());
    }

    /** The next message that tells of a watched service. */
    ServerMessage told() {
        return next(message -> message.hasView() || message.hasViewDelta());
    }

    NamesCodec.Part names() {
        return NamesCodec.decode(next(ServerMessage::hasServices).getServices());
    }

    ServerMessage next(Predicate<ServerMessage> wanted) {
        for (ServerMessage message : List.copyOf(skipped)) {
            if (wanted.test(message)) {
                skipped.remove(message);
                return message;
            }
        }
        for (ServerMessage message = take(); message != null; message = take()) {
            if (wanted.test(message)) {
                return message;
            }
            skipped.add(message);
        }
        throw new AssertionError("did not come; there were " + skipped + " and the end " + end);
    }

    /** Nothing more came than what was asked for. */
    void hasNothingElse() {
        assertThat(skipped).isEmpty();
        assertThat(received).isEmpty();
    }

    private @Nullable ServerMessage take() {
        try {
            return received.poll(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
