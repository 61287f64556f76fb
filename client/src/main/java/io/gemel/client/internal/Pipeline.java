package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.Ticker;
import io.gemel.transport.grpc.Refusals;
import io.gemel.transport.grpc.v1.PipelinedAnswer;
import io.gemel.transport.grpc.v1.PipelinedAnswers;
import io.gemel.transport.grpc.v1.PipelinedCall;
import io.gemel.transport.grpc.v1.PipelinedCalls;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One Pipeline stream to one server. Confined to the client's loop, into which gRPC's threads post what they receive.
 *
 * <p>Calls that are made in one turn of the loop leave in one message. So many are in flight that the server always reads on, and
 * one is handed to gRPC only if that can send it, so that what was handed over may have been carried out and what was not cannot.
 * One timer serves all calls: it is set for the first that can be overdue.
 */
final class Pipeline {
    /** What the server reads ahead, less what one more message may hold. */
    private static final int IN_FLIGHT_MAX = 768;

    private static final int UNREAD_MAX = 32;

    /** A stream keeps its connection: one that nobody uses must not. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final ManagedChannel channel;
    private final ClientLoop loop;
    private final Ticker ticker;
    private final ArrayDeque<Exchange> unsent = new ArrayDeque<>();
    private final Map<Long, Exchange> inFlight = new HashMap<>();
    private final Inbound inbound = new Inbound();
    private long lastId;
    private long usedNanos;
    private boolean sendsLater;
    private boolean retired;
    private boolean over;
    private ClientLoop.@Nullable Timer alarm;
    private long alarmNanos;

    /** A call that waits for its answer. Exactly one of the two is called, once, in the loop. */
    interface Exchange {
        /** The call; its id is the pipeline's to set. */
        PipelinedCall.Builder request();

        Calls.Attempt attempt();

        void answered(PipelinedAnswer answer);

        void failed(RegistryException why);
    }

    private Pipeline(ManagedChannel channel, ClientLoop loop, Ticker ticker) {
        this.channel = channel;
        this.loop = loop;
        this.ticker = ticker;
    }

    /** Begins the stream. Whether the server is there shows by the first answer. */
    static Pipeline start(ManagedChannel channel, ClientLoop loop, Ticker ticker) {
        Pipeline pipeline = new Pipeline(channel, loop, ticker);
        var unused = RegistryGrpc.newStub(channel).pipeline(pipeline.inbound);
        return pipeline;
    }

    /** Whether it takes calls, and goes over {@code wanted}. */
    boolean on(ManagedChannel wanted) {
        return !retired && !over && wanted == channel;
    }

    void call(Exchange exchange) {
        usedNanos = ticker.nanos();
        unsent.add(exchange);
        wakeBy(due(exchange.attempt().leaveNanos(), exchange.attempt().answerNanos()));
        if (!sendsLater) {
            sendsLater = true;
            loop.post(this::send);
        }
    }

    /** Takes no more calls; ends once those in flight are answered. */
    void retire() {
        if (!retired && !over) {
            retired = true;
            inbound.requests().onCompleted();
            fail(takeUnsent(), new RegistryException(Code.SHUTTING_DOWN, "not sent to a server that is about to stop"));
        }
    }

    private void send() {
        sendsLater = false;
        while (!retired
                && !over
                && !unsent.isEmpty()
                && inFlight.size() < IN_FLIGHT_MAX
                && inbound.requests().isReady()) {
            inbound.requests().onNext(nextMessage());
        }
    }

    private PipelinedCalls nextMessage() {
        PipelinedCalls.Builder message = PipelinedCalls.newBuilder();
        MessageFill fill = new MessageFill();
        while (!unsent.isEmpty()) {
            PipelinedCall call = unsent.element().request().setId(lastId + 1).build();
            if (!fill.takes(call.getSerializedSize())) {
                break;
            }
            inFlight.put(++lastId, unsent.remove());
            message.addCalls(call);
        }
        return message.build();
    }

    private void received(PipelinedAnswers message) {
        if (over) {
            return;
        }
        inbound.requests().request(1);
        if (message.getDraining()) {
            retire();
        }
        for (PipelinedAnswer answer : message.getAnswersList()) {
            Exchange exchange = inFlight.remove(answer.getId());
            if (exchange == null) {
                continue; // given up since
            }
            if (answer.hasError()) {
                exchange.failed(
                        Refusals.received(answer.getError(), exchange.attempt().kind()));
            } else {
                exchange.answered(answer);
            }
        }
        send();
    }

    private void ended(Throwable failure) {
        if (over) {
            return;
        }
        over = true;
        if (alarm != null) {
            alarm.cancel();
        }
        Collection<Exchange> sent = List.copyOf(inFlight.values());
        inFlight.clear();
        sent.forEach(exchange ->
                exchange.failed(Refusals.received(failure, exchange.attempt().kind())));
        fail(takeUnsent(), Refusals.received(failure, Refusals.Call.READ));
    }

    private List<Exchange> takeUnsent() {
        List<Exchange> taken = List.copyOf(unsent);
        unsent.clear();
        return taken;
    }

    private static void fail(Collection<Exchange> exchanges, RegistryException why) {
        exchanges.forEach(exchange -> exchange.failed(why));
    }

    private void wakeBy(long nanos) {
        if (alarm != null) {
            if (nanos - alarmNanos >= 0) {
                return;
            }
            alarm.cancel();
        }
        alarmNanos = nanos;
        alarm = loop.after(Duration.ofNanos(Math.max(1, nanos - ticker.nanos())), this::wake);
    }

    private void wake() {
        alarm = null;
        long now = ticker.nanos();
        List<Exchange> stuck = take(unsent, exchange -> exchange.attempt().leaveNanos() - now <= 0);
        List<Exchange> unanswered =
                take(inFlight.values(), exchange -> exchange.attempt().answerNanos() - now <= 0);
        fail(stuck, new RegistryException(Code.UNAVAILABLE, "no connection in time"));
        unanswered.forEach(exchange -> exchange.failed(
                Refusals.received(new TimeoutException(), exchange.attempt().kind())));
        Stream.concat(
                        unsent.stream().map(exchange -> exchange.attempt().leaveNanos()),
                        inFlight.values().stream()
                                .map(exchange -> exchange.attempt().answerNanos()))
                .reduce(Pipeline::due)
                .ifPresentOrElse(this::wakeBy, this::idle);
    }

    private void idle() {
        long retireNanos = usedNanos + IDLE.toNanos();
        if (retireNanos - ticker.nanos() > 0) {
            wakeBy(retireNanos);
        } else {
            retire();
        }
    }

    private static List<Exchange> take(Collection<Exchange> from, Predicate<Exchange> which) {
        List<Exchange> taken = new ArrayList<>();
        from.removeIf(exchange -> which.test(exchange) && taken.add(exchange));
        return taken;
    }

    private static long due(long one, long other) {
        return one - other < 0 ? one : other;
    }

    /** gRPC's side: its threads call this, and it posts into the loop. */
    private final class Inbound implements ClientResponseObserver<PipelinedCalls, PipelinedAnswers> {
        private @Nullable ClientCallStreamObserver<PipelinedCalls> requests;

        ClientCallStreamObserver<PipelinedCalls> requests() {
            if (requests == null) {
                throw new IllegalStateException("the stream has not begun");
            }
            return requests;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PipelinedCalls> stream) {
            requests = stream;
            stream.disableAutoRequestWithInitial(UNREAD_MAX);
            stream.setOnReadyHandler(() -> loop.post(Pipeline.this::send));
        }

        @Override
        public void onNext(PipelinedAnswers message) {
            loop.post(() -> received(message));
        }

        @Override
        public void onError(Throwable failure) {
            loop.post(() -> ended(failure));
        }

        @Override
        public void onCompleted() {
            loop.post(() -> ended(Status.UNAVAILABLE
                    .withDescription("the server has ended the stream")
                    .asRuntimeException()));
        }
    }
}
