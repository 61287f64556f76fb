package io.gemel.consistency.cluster;

import static java.util.Objects.requireNonNull;

import io.gemel.naming.Ticker;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's calls of a {@link StreamedMethod} to one peer. The stream is opened by the first call, and after it broke by the next; a
 * peer of a version that has none, or that refuses it, is called without for a while.
 *
 * <p>What nobody waits for any more is not sent: when a call's time is over and the network has not taken what was written for a while, the
 * stream is given up, with all that is still in it. So it never holds much more than what is written in the time of one call.
 *
 * <p>Thread-safe. Calls leave in the order in which they are made, and hold up nobody: whoever is sending sends for the others.
 */
public final class CallStream<Q, A> {
    private static final Logger LOG = LoggerFactory.getLogger(CallStream.class);

    /** How late it may be noticed that a call's time is over, so that one timer does for all, and wakes seldom while answers come. */
    private static final Duration LATE = Duration.ofMillis(50);

    /** A peer that has no streams may be started anew as a version that has, and one that refuses this node's may come to know it. */
    private static final Duration WITHOUT = Duration.ofSeconds(10);

    /** A burst is written in less, so that a caller in a hurry does no harm to the others. */
    private static final Duration STUCK = Duration.ofSeconds(1);

    private final Channel channel;
    private final StreamedMethod<Q, A> method;
    private final Ticker ticker;
    private final SynchronizationContext sending =
            new SynchronizationContext((thread, failure) -> LOG.error("call to a member failed", failure));
    private final ConcurrentMap<Long, Waiting<Q, A>> waiting = new ConcurrentHashMap<>();

    /** When the network last had room for more. */
    private volatile long roomAtNanos;

    // Of whoever is sending.
    private @Nullable ClientCall<Frame<Q>, Frame<A>> stream;
    private long calls;
    private long withoutUntilNanos;
    private OptionalLong sweepAtNanos = OptionalLong.empty();

    /** A call whose answer is awaited. */
    private record Waiting<Q, A>(Q request, long deadlineNanos, StreamObserver<A> answer) {
        void fail(Status status) {
            answer.onError(status.asRuntimeException());
        }
    }

    /** Over {@code channel}, which closes it. */
    public CallStream(Channel channel, StreamedMethod<Q, A> method, Ticker ticker) {
        this.channel = channel;
        this.method = method;
        this.ticker = ticker;
        this.withoutUntilNanos = ticker.nanos();
    }

    /**
     * Makes a call. As with a unary one {@code answer} is told either of one answer and of its completion or of an error, on any
     * thread, and must not wait. {@code DEADLINE_EXCEEDED} follows up to 50 ms after {@code timeoutNanos}.
     */
    public void call(Q request, long timeoutNanos, StreamObserver<A> answer) {
        Waiting<Q, A> call = new Waiting<>(request, ticker.nanos() + timeoutNanos, answer);
        sending.execute(() -> send(call));
    }

    private void send(Waiting<Q, A> call) {
        if (withoutUntilNanos - ticker.nanos() > 0) {
            callAlone(call);
            return;
        }
        if (stream == null) {
            stream = open();
            roomAtNanos = ticker.nanos();
        } else if (stream.isReady()) {
            roomAtNanos = ticker.nanos();
        }
        long number = calls++;
        waiting.put(number, call);
        stream.sendMessage(Frame.of(number, call.request));
        sweepFor(call.deadlineNanos);
    }

    private ClientCall<Frame<Q>, Frame<A>> open() {
        // Not in the context of whoever calls first: that ends when its own caller is answered, and the stream with it.
        Context opener = Context.ROOT.attach();
        try {
            ClientCall<Frame<Q>, Frame<A>> opened = channel.newCall(method.streamed(), CallOptions.DEFAULT);
            opened.start(new Answers(opened), new Metadata());
            opened.request(1);
            return opened;
        } finally {
            Context.ROOT.detach(opener);
        }
    }

    private void callAlone(Waiting<Q, A> call) {
        CallOptions options =
                CallOptions.DEFAULT.withDeadlineAfter(call.deadlineNanos - ticker.nanos(), TimeUnit.NANOSECONDS);
        Context.ROOT.run(
                () -> ClientCalls.asyncUnaryCall(channel.newCall(method.unary(), options), call.request, call.answer));
    }

    private void broken(ClientCall<?, ?> broken, Status status) {
        if (stream != broken) {
            return; // it was given up, and its calls were told
        }
        stream = null;
        List<Long> lost = waiting.keySet().stream().sorted().toList();
        // Said by gRPC in the place of a peer that does not know the method, so nothing of the stream was looked at.
        boolean without = status.getCode() == Status.Code.UNIMPLEMENTED;
        // To be refused stream after stream costs the connection: a peer takes a flood of them for an attack.
        if (without || status.getCode() == Status.Code.PERMISSION_DENIED) {
            withoutUntilNanos = ticker.nanos() + WITHOUT.toNanos();
        }
        // A call may have had its effect, whatever the stream's status says; only a status of its own says more.
        Status open = Status.UNAVAILABLE
                .withDescription("the stream broke: " + status)
                .withCause(status.getCause());
        for (Long number : lost) {
            Waiting<Q, A> call = waiting.remove(number);
            if (call != null && without) {
                callAlone(call);
            } else if (call != null) {
                call.fail(open);
            }
        }
    }

    private void sweepFor(long deadlineNanos) {
        if (sweepAtNanos.isPresent() && sweepAtNanos.getAsLong() - deadlineNanos <= LATE.toNanos()) {
            return;
        }
        long delay = Math.max(deadlineNanos - ticker.nanos(), LATE.toNanos());
        long at = ticker.nanos() + delay;
        sweepAtNanos = OptionalLong.of(at);
        CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS, sending).execute(() -> sweep(at));
    }

    private void sweep(long at) {
        if (sweepAtNanos.isEmpty() || sweepAtNanos.getAsLong() != at) {
            return; // a call in more of a hurry came, and is looked after
        }
        sweepAtNanos = OptionalLong.empty();
        long now = ticker.nanos();
        boolean late = false;
        for (Map.Entry<Long, Waiting<Q, A>> each : waiting.entrySet()) {
            Waiting<Q, A> call = each.getValue();
            if (call.deadlineNanos - now <= 0 && waiting.remove(each.getKey(), call)) {
                late = true;
                call.fail(Status.DEADLINE_EXCEEDED.withDescription("no answer in time"));
            }
        }
        if (late) {
            giveUpIfStuck();
        }
        waiting.values().stream()
                .mapToLong(call -> call.deadlineNanos - now)
                .min()
                .ifPresent(left -> sweepFor(now + left));
    }

    private void giveUpIfStuck() {
        ClientCall<?, ?> current = stream;
        if (current != null && !current.isReady() && ticker.nanos() - roomAtNanos >= STUCK.toNanos()) {
            Status slow = Status.CANCELLED.withDescription("the peer does not take what is sent to it");
            broken(current, slow);
            current.cancel(slow.getDescription(), null);
        }
    }

    /** The answers of one stream; they reach their callers on the network thread, without waiting for who sends. */
    private final class Answers extends ClientCall.Listener<Frame<A>> {
        private final ClientCall<?, Frame<A>> of;

        Answers(ClientCall<?, Frame<A>> of) {
            this.of = of;
        }

        @Override
        public void onMessage(Frame<A> frame) {
            of.request(1);
            Waiting<Q, A> call = waiting.remove(frame.call());
            if (call == null) {
                return; // its time was over
            }
            if (frame.status().isOk()) {
                call.answer.onNext(requireNonNull(frame.message()));
                call.answer.onCompleted();
            } else {
                call.fail(frame.status());
            }
        }

        @Override
        public void onReady() {
            roomAtNanos = ticker.nanos();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            sending.execute(() -> broken(of, status));
        }
    }
}
