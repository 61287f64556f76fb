package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ViewDelta;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.DeltaCodec;
import io.gemel.transport.grpc.NamesCodec;
import io.gemel.transport.grpc.Refusals;
import io.gemel.transport.grpc.v1.ClientBatch;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Ping;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Session stream to one server. Brings answers back to their requests, and asks a silent server for a sign of life.
 * Confined to the client's loop, into which gRPC's threads post what they receive.
 *
 * <p>Requests that are made in one turn of the loop leave in one message, if the server takes that. Those in flight are bounded below the
 * server's own limit, so that nothing waits inside gRPC; what the server sends is bounded by asking for a next message only when one has
 * been worked off (I7).
 */
final class Connection {
    private static final int IN_FLIGHT_MAX = 128;

    /** With batches: such a server reads on up to here, whatever the next message holds. */
    private static final int BATCHED_MAX = 256;

    private static final int UNREAD_MAX = 32;
    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final String address;
    private final ClientLoop loop;
    private final Duration keepAlive;
    private final Events events;
    private final Map<Long, Answer> inFlight = new HashMap<>();
    private final ArrayDeque<ClientMessage> unsent = new ArrayDeque<>();
    private final Inbound inbound = new Inbound();
    private long lastId;
    private boolean batches;
    private boolean sendsLater;
    private boolean ended;
    private boolean heard;
    private boolean pinged;
    private ClientLoop.@Nullable Timer silence;

    /** What happens on the connection other than answers. Called in the loop, never after {@link #end}. */
    interface Events {
        void view(ServiceView view);

        void delta(ViewDelta delta);

        void names(NamesCodec.Part part);

        void members(List<String> addresses);

        void draining();

        /** The stream is over; requests in flight stay without an answer. */
        void lost(RegistryException why);
    }

    /** What a request hopes for. Exactly one is called, in the loop; none if the connection is lost or ended first. */
    interface Answer {
        void answered(ServerMessage message);

        void refused(RegistryException why);
    }

    private Connection(String address, ClientLoop loop, Duration keepAlive, Events events) {
        this.address = address;
        this.loop = loop;
        this.keepAlive = keepAlive;
        this.events = events;
    }

    /** Begins the stream; the first request must be Open. Whether the server is there shows by its answer. */
    static Connection start(
            String address, ManagedChannel channel, ClientLoop loop, Duration keepAlive, Events events) {
        Connection connection = new Connection(address, loop, keepAlive, events);
        var unused = RegistryGrpc.newStub(channel).session(connection.inbound);
        connection.listenForSilence();
        return connection;
    }

    String address() {
        return address;
    }

    boolean canSend() {
        return inFlight.size() < (batches ? BATCHED_MAX : IN_FLIGHT_MAX);
    }

    void send(ClientMessage.Builder message, Answer answer) {
        long id = ++lastId;
        inFlight.put(id, answer);
        ClientMessage request = message.setRequestId(id).build();
        if (!batches) {
            inbound.requests().onNext(request);
            return;
        }
        unsent.add(request);
        if (!sendsLater) {
            sendsLater = true;
            loop.post(this::sendUnsent);
        }
    }

    private void sendUnsent() {
        sendsLater = false;
        while (!ended && !unsent.isEmpty()) {
            inbound.requests().onNext(nextMessage());
        }
    }

    private ClientMessage nextMessage() {
        ClientBatch.Builder batch = ClientBatch.newBuilder();
        MessageFill fill = new MessageFill();
        while (!unsent.isEmpty() && fill.takes(unsent.element().getSerializedSize())) {
            batch.addMessages(unsent.remove());
        }
        return batch.getMessagesCount() == 1
                ? batch.getMessages(0)
                : ClientMessage.newBuilder().setBatch(batch).build();
    }

    /** Gives the stream up without a word; the server keeps the session for its resume window. */
    void end() {
        if (!ended) {
            ended = true;
            stopListening();
            inbound.requests().cancel("the client has left this connection", null);
        }
    }

    private void received(ServerMessage message) {
        if (ended) {
            return;
        }
        heard = true;
        pinged = false;
        inbound.requests().request(1);
        handle(message);
    }

    private void handle(ServerMessage message) {
        Answer answer = message.getRequestId() == 0 ? null : inFlight.remove(message.getRequestId());
        switch (message.getMessageCase()) {
            case OPENED, DONE -> {
                batches |= message.getOpened().getBatches();
                if (answer != null) {
                    answer.answered(message);
                }
            }
            case ERROR -> {
                if (answer != null) {
                    answer.refused(Refusals.received(message.getError(), Refusals.Call.WRITE));
                }
            }
            case VIEW -> told(message, view -> Codec.decode(view.getView()), events::view);
            case VIEW_DELTA -> told(message, delta -> DeltaCodec.decode(delta.getViewDelta()), events::delta);
            case SERVICES -> told(message, names -> NamesCodec.decode(names.getServices()), events::names);
            case MEMBERS -> events.members(message.getMembers().getAddressesList());
            case DRAINING -> events.draining();
            case BATCH -> {
                for (ServerMessage one : message.getBatch().getMessagesList()) {
                    if (!ended) { // one before it may have been the reason to leave
                        handle(one);
                    }
                }
            }
            case MESSAGE_NOT_SET -> log.debug("ignored a message of a newer protocol server={}", address);
        }
    }

    private <T> void told(ServerMessage message, Function<ServerMessage, T> decode, Consumer<T> event) {
        T told;
        try {
            told = decode.apply(message);
        } catch (RegistryException malformed) {
            log.error("cannot read a view server={}", address, malformed);
            return;
        }
        event.accept(told);
    }

    private void over(RegistryException why) {
        if (!ended) {
            ended = true;
            stopListening();
            events.lost(why);
        }
    }

    private void listenForSilence() {
        silence = loop.after(keepAlive, () -> {
            if (heard || lastId == 0) {
                heard = false;
            } else if (pinged) {
                inbound.requests().cancel("the server is silent", null);
                over(new RegistryException(
                        RegistryException.Code.UNAVAILABLE, "the server was silent for " + keepAlive.multipliedBy(2)));
                return;
            } else {
                pinged = true;
                send(ClientMessage.newBuilder().setPing(Ping.getDefaultInstance()), Alive.INSTANCE);
            }
            listenForSilence();
        });
    }

    private void stopListening() {
        if (silence != null) {
            silence.cancel();
        }
    }

    /** The answer to a Ping: that there is one says it all. */
    private enum Alive implements Answer {
        INSTANCE;

        @Override
        public void answered(ServerMessage message) {}

        @Override
        public void refused(RegistryException why) {}
    }

    /** gRPC's side: its threads call this, and it posts into the loop. */
    private final class Inbound implements ClientResponseObserver<ClientMessage, ServerMessage> {
        private @Nullable ClientCallStreamObserver<ClientMessage> requests;

        ClientCallStreamObserver<ClientMessage> requests() {
            if (requests == null) {
                throw new IllegalStateException("the stream has not begun");
            }
            return requests;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ClientMessage> stream) {
            requests = stream;
            stream.disableAutoRequestWithInitial(UNREAD_MAX);
        }

        @Override
        public void onNext(ServerMessage message) {
            loop.post(() -> received(message));
        }

        @Override
        public void onError(Throwable failure) {
            RegistryException why = Refusals.received(failure, Refusals.Call.READ);
            loop.post(() -> over(why));
        }

        @Override
        public void onCompleted() {
            loop.post(() ->
                    over(new RegistryException(RegistryException.Code.UNAVAILABLE, "the server has ended the stream")));
        }
    }
}
