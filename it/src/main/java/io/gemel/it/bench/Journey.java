package io.gemel.it.bench;

import io.gemel.client.NamingService;
import io.gemel.client.ServiceEvent;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Registrations at a steady pace, and when each was acknowledged and shown to a watcher.
 *
 * <p>The time of each runs from when it was due, so that a stall counts for all that it delayed. They go round the keys of one
 * service. A watcher that was told of a key's version has been told of all earlier ones.
 */
final class Journey {
    /** Far beyond what anything takes. */
    private static final long PATIENCE_SECONDS = 60;

    private final Ticker ticker;
    private final int warmUp;
    private final int perWindow;
    private final int total;
    private final AtomicLongArray due;
    private final List<Latencies> told;
    private final List<Latencies> acknowledged;
    private final long[] lastSeen = new long[Workload.PER_SERVICE];
    private final AtomicInteger open;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    Journey(Ticker ticker, int warmUp, int perWindow, int windows) {
        this.ticker = ticker;
        this.warmUp = warmUp;
        this.perWindow = perWindow;
        this.total = warmUp + perWindow * windows;
        this.due = new AtomicLongArray(total);
        this.told = latencies(windows);
        this.acknowledged = latencies(windows);
        this.open = new AtomicInteger(2 * total); // each is to be acknowledged and to be seen
        for (int key = 0; key < Workload.PER_SERVICE; key++) {
            lastSeen[key] = (long) key - Workload.PER_SERVICE;
        }
    }

    private static List<Latencies> latencies(int windows) {
        return IntStream.range(0, windows).mapToObj(i -> new Latencies()).toList();
    }

    /** Makes all registrations, one each {@code interval}. Returns when the last was sent. */
    void send(NamingService writer, Durability durability, Duration interval) {
        long start = ticker.nanos();
        for (int i = 0; i < total; i++) {
            long at = start + i * interval.toNanos();
            for (long left = at - ticker.nanos(); left > 0; left = at - ticker.nanos()) {
                LockSupport.parkNanos(left);
            }
            due.set(i, at);
            int version = i;
            CompletableFuture<?> unused = writer.registerAsync(
                            Workload.service(0), Workload.instance(durability, i % Workload.PER_SERVICE, i))
                    .whenComplete((written, failure) -> {
                        if (failure == null) {
                            arrived(acknowledged, version);
                        } else {
                            end.completeExceptionally(failure);
                        }
                    });
        }
    }

    /** The watcher's callback. */
    void seen(ServiceEvent event) {
        Stream.concat(event.added().stream(), event.changed().stream()).forEach(this::seen);
    }

    private void seen(Instance instance) {
        long version = Long.parseLong(Objects.requireNonNull(instance.metadata().get("version")));
        int key = (int) (version % Workload.PER_SERVICE);
        for (long v = lastSeen[key] + Workload.PER_SERVICE; v <= version; v += Workload.PER_SERVICE) {
            arrived(told, (int) v);
        }
        lastSeen[key] = Math.max(lastSeen[key], version);
    }

    /** Waits until all were acknowledged and seen; throws what a registration failed with. */
    void awaitEnd() {
        end.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** From due to the watcher's callback, for each window. */
    Stream<Latencies> told() {
        return told.stream();
    }

    /** From due to the acknowledgement, for each window. */
    Stream<Latencies> acknowledged() {
        return acknowledged.stream();
    }

    private void arrived(List<Latencies> windows, int version) {
        if (version >= warmUp) {
            windows.get((version - warmUp) / perWindow).record(ticker.nanos() - due.get(version));
        }
        if (open.decrementAndGet() == 0) {
            end.complete(null);
        }
    }
}
