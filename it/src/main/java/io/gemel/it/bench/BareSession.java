package io.gemel.it.bench;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.Opened;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.Replayed;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.ServiceView;
import io.gemel.transport.grpc.v1.Watch;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A session on a connection of its own, held by the bare stream: without the threads of the client library, so that thousands fit into one
 * driver. It counts what it is sent of views. Thread-safe.
 */
final class BareSession implements StreamObserver<ServerMessage>, AutoCloseable {
    private final ManagedChannel channel;
    private final StreamObserver<ClientMessage> requests;
    private final Map<Long, CompletableFuture<ServerMessage>> inFlight = new HashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Map<String, Integer> instances = new HashMap<>();
    private Opened identity = Opened.getDefaultInstance();
    private boolean counts;
    private int mostMissing;
    private long lastId;
    private long revision;
    private long viewBytes;
    private long views;

    private BareSession(ManagedChannel channel) {
        this.channel = channel;
        this.requests = RegistryGrpc.newStub(channel).session(this);
    }

    /** Opens a session at {@code host:port}; done once the server has it. */
    static CompletableFuture<BareSession> open(String address) {
        return open(address, Open.getDefaultInstance());
    }

    /** Goes on at {@code host:port} with the session that {@code lost} has lost. */
    static CompletableFuture<BareSession> resume(String address, BareSession lost) {
        Opened identity = lost.identity();
        return open(
                address,
                Open.newBuilder()
                        .setSessionId(identity.getSessionId())
                        .setToken(identity.getToken())
                        .setEpoch(identity.getEpoch())
                        .build());
    }

    private static CompletableFuture<BareSession> open(String address, Open open) {
        int colon = address.lastIndexOf(':');
        InetSocketAddress socket =
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        BareSession session = new BareSession(NettyChannelBuilder.forAddress(socket)
                .usePlaintext()
                .directExecutor()
                .build());
        return session.send(ClientMessage.newBuilder().setOpen(open)).thenApply(answer -> {
            session.identify(answer.getOpened());
            return session;
        });
    }

    private synchronized void identify(Opened opened) {
        identity = opened;
    }

    private synchronized Opened identity() {
        return identity;
    }

    /** Says that it has registered all that it holds. */
    CompletableFuture<?> replayed() {
        return send(ClientMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
    }

    /** Done when its connection is gone. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** How many instances its whole views list, over all services. */
    synchronized int instancesSeen() {
        return instances.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** From now on counts how many fewer instances a whole view lists than the one that is known. */
    synchronized void countMissing() {
        counts = true;
    }

    /** The most that any whole view missed since {@link #countMissing}. */
    synchronized int mostMissing() {
        return mostMissing;
    }

    private void counted(ServiceView view) {
        String service = view.getService().getName();
        int now = view.getInstancesCount();
        if (counts) {
            mostMissing = Math.max(mostMissing, instances.getOrDefault(service, 0) - now);
        } else {
            instances.put(service, now);
        }
    }

    /** Registers ephemeral instances; done once they are acknowledged. */
    CompletableFuture<?> register(ServiceId service, List<Instance> instances) {
        return send(ClientMessage.newBuilder().setRegister(Codec.registerRequest(service, instances)));
    }

    /** Watches a service, with deltas or without. */
    CompletableFuture<?> watch(ServiceId service, boolean deltas) {
        return send(ClientMessage.newBuilder()
                .setWatch(Watch.newBuilder().setService(Codec.encode(service)).setDeltas(deltas)));
    }

    /** The revision of the last view, whole or changed; 0 before the first. */
    synchronized long revision() {
        return revision;
    }

    /** Bytes of all views and changes of views so far. */
    synchronized long viewBytes() {
        return viewBytes;
    }

    /** How many views, whole or changed, there were so far. */
    synchronized long views() {
        return views;
    }

    private synchronized CompletableFuture<ServerMessage> send(ClientMessage.Builder message) {
        long id = ++lastId;
        CompletableFuture<ServerMessage> answer = new CompletableFuture<>();
        inFlight.put(id, answer);
        requests.onNext(message.setRequestId(id).build());
        return answer;
    }

    @Override
    public void onNext(ServerMessage message) {
        CompletableFuture<ServerMessage> answer;
        synchronized (this) {
            answer = inFlight.remove(message.getRequestId());
            if (message.hasView() || message.hasViewDelta()) {
                views++;
                viewBytes += message.getSerializedSize();
                if (message.hasView()) {
                    counted(message.getView());
                }
                revision = message.hasView()
                        ? message.getView().getRevision()
                        : message.getViewDelta().getRevision();
            }
        }
        if (answer == null) {
            return;
        }
        if (message.hasError()) {
            answer.completeExceptionally(new IllegalStateException(
                    message.getError().getCode() + ": " + message.getError().getCause()));
        } else {
            answer.complete(message);
        }
    }

    @Override
    public void onError(Throwable failure) {
        List<CompletableFuture<ServerMessage>> unanswered;
        synchronized (this) {
            unanswered = List.copyOf(inFlight.values());
            inFlight.clear();
        }
        unanswered.forEach(answer -> answer.completeExceptionally(failure));
        ended.complete(null);
    }

    @Override
    public void onCompleted() {
        onError(Status.UNAVAILABLE
                .withDescription("the server has ended the stream")
                .asRuntimeException());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
