package io.gemel.it.bench;

import io.gemel.naming.Ticker;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Callers that each wait for an answer before they call again.
 *
 * <p>They have no threads: the next call is made where the answer to the one before arrives, which is the client's thread.
 */
final class ClosedLoop {
    /** After so many a load is broken, and going on would only keep the machine busy. */
    private static final long FAILURES_MAX = 10_000;

    private final Ticker ticker;
    private final Call call;
    private final long callsMax;
    private final List<CompletableFuture<Void>> callers;
    private volatile Tally tally = new Tally();
    private volatile boolean stopped;

    private ClosedLoop(Ticker ticker, Call call, int callers, long callsMax) {
        this.ticker = ticker;
        this.call = call;
        this.callsMax = callsMax;
        this.callers = IntStream.range(0, callers)
                .mapToObj(i -> new CompletableFuture<Void>())
                .toList();
    }

    /** What a caller asks for. */
    @FunctionalInterface
    interface Call {
        /**
         * Makes a call without waiting.
         *
         * @param caller 0..callers-1
         * @param sequence counts the calls of this caller
         */
        CompletableFuture<?> make(int caller, long sequence);
    }

    /** What was answered in one span of time. */
    static final class Tally {
        private final Latencies latencies = new Latencies();
        private final LongAdder failures = new LongAdder();
        private volatile String lastFailure = "";

        Latencies latencies() {
            return latencies;
        }

        long failures() {
            return failures.sum();
        }

        /** What one of the failures said; empty if there is none. */
        String lastFailure() {
            return lastFailure;
        }
    }

    /** Sets {@code callers} callers going. */
    static ClosedLoop start(Ticker ticker, int callers, Call call) {
        return new ClosedLoop(ticker, call, callers, Long.MAX_VALUE).going();
    }

    /** Has {@code callers} callers make so many calls each, and waits for the last answer. */
    static Tally run(Ticker ticker, int callers, long callsEach, Call call) {
        ClosedLoop loop = new ClosedLoop(ticker, call, callers, callsEach).going();
        loop.awaitEnd();
        return loop.take();
    }

    private ClosedLoop going() {
        for (int i = 0; i < callers.size(); i++) {
            go(i, 0);
        }
        return this;
    }

    /** What was answered since the last call of this method. */
    Tally take() {
        Tally taken = tally;
        tally = new Tally();
        return taken;
    }

    /** Lets each caller have its last answer, and waits for it. */
    void stop() {
        stopped = true;
        awaitEnd();
    }

    private void awaitEnd() {
        CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).join();
    }

    private void go(int caller, long first) {
        long sequence = first;
        while (!stopped && sequence < callsMax && tally.failures() < FAILURES_MAX) {
            long start = ticker.nanos();
            CompletableFuture<?> answer = call.make(caller, sequence++);
            if (!answer.isDone()) {
                long next = sequence;
                CompletableFuture<?> unused = answer.whenComplete((value, failure) -> {
                    answered(start, failure);
                    go(caller, next);
                });
                return;
            }
            // An answer that is there already goes through the loop: through a callback it would cost a stack frame
            // each.
            answered(start, answer.handle((value, failure) -> failure).join());
        }
        callers.get(caller).complete(null);
    }

    private void answered(long start, @Nullable Throwable failure) {
        Tally now = tally;
        if (failure == null) {
            now.latencies.record(ticker.nanos() - start);
        } else {
            now.lastFailure = failure.toString();
            now.failures.increment();
        }
    }
}
