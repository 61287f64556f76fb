package io.gemel.client.internal;

import io.gemel.naming.Loop;
import io.gemel.naming.ThreadLoop;
import io.gemel.naming.Ticker;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a client stands on: where its tasks run, its clock, its randomness and its network. All that is not decided by what
 * the client is told comes from here, so that a test can run it in time of its own.
 *
 * @param loop owns the client's state
 * @param listeners runs what the application listens with
 * @param delays wakes the client later
 * @param random spreads clients over servers and over time
 * @param dial a channel to the server at an address
 * @param end stops the loops
 */
record ClientGround(
        Loop loop,
        Loop listeners,
        Ticker ticker,
        Delays delays,
        Random random,
        Function<String, ManagedChannel> dial,
        Runnable end) {
    /** Out of reach: what may wait is bounded by the calls under way, flow control, and one timer for each of these. */
    private static final int LOOP_CAPACITY = 1 << 20;

    /** Runs tasks later. */
    interface Delays {
        /** Runs {@code task} after {@code delay}, on any thread; the result prevents that. */
        Runnable after(Duration delay, Runnable task);
    }

    /**
     * Two threads, and the timer thread that all users of {@link CompletableFuture} in a JVM share.
     *
     * @param broken told of what a task threw
     */
    static ClientGround threads(Duration keepAlive, Consumer<Throwable> broken) {
        ThreadLoop loop = new ThreadLoop("gemel-client", LOOP_CAPACITY, System::nanoTime, broken);
        // At most one task waits for each subscription.
        ThreadLoop listeners = new ThreadLoop("gemel-client-listeners", Integer.MAX_VALUE, System::nanoTime, broken);
        return new ClientGround(
                loop,
                listeners,
                System::nanoTime,
                ClientGround::later,
                new Random(),
                address -> Channels.open(address, keepAlive),
                () -> {
                    loop.close();
                    listeners.close();
                });
    }

    private static Runnable later(Duration delay, Runnable task) {
        CompletableFuture<Boolean> due = new CompletableFuture<>();
        due.completeOnTimeout(true, delay.toNanos(), TimeUnit.NANOSECONDS);
        var unused = due.thenAccept(inTime -> {
            if (inTime) {
                task.run();
            }
        });
        return () -> due.complete(false);
    }
}
