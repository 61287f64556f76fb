package io.gemel.client.internal;

import io.gemel.naming.Loop;
import io.gemel.naming.Ticker;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Puts a {@link RegistryClient} on a ground of a test's making, such as simulated time.
 *
 * @param loop owns the client's state
 * @param listeners runs what listens to services
 * @param later runs a task after a delay; its result prevents that
 * @param dial a channel to the server at an address
 */
public record SimulatedGround(
        Loop loop,
        Loop listeners,
        Ticker ticker,
        BiFunction<Duration, Runnable, Runnable> later,
        Random random,
        Function<String, ManagedChannel> dial) {
    /** A client that looks for a server from now on. */
    public RegistryClient client(ClientSettings settings) {
        return RegistryClient.on(
                new ClientGround(loop, listeners, ticker, later::apply, random, dial, () -> {}), settings);
    }

    /** Done when a server has the session of {@code client} for the first time. */
    public static CompletableFuture<Void> opened(RegistryClient client) {
        return client.opened();
    }

    /** Lets {@code client} take leave without waiting for it. */
    public static CompletableFuture<Void> goodbye(RegistryClient client) {
        return client.goodbye();
    }
}
