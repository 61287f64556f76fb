package io.gemel.it.bench;

import io.gemel.client.ServiceEvent;
import io.gemel.naming.Instance;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * <p>The time of each runs from when it was due, so that a stall counts for all that it delayed. They go round {@value Workload#PER_SERVICE}
 * keys. A watcher that was told of a key's version has been told of all earlier ones.
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

    /** Registers what is at a key in another version, without waiting. */
    @FunctionalInterface
    interface Writer {
        CompletableFuture<?> register(int key, long version);
    }

    /** Makes all registrations, one each {@code interval}. Returns when the last was sent. */
    void send(Writer writer, Duration interval) {
        long start = ticker.nanos();
        for (int i = 0; i < total; i++) {
            long at = start + i * interval.toNanos();
            for (long left = at - ticker.nanos(); left > 0; left = at - ticker.nanos()) {
                LockSupport.parkNanos(left);
            }
            due.set(i, at);
            int version = i;
            CompletableFuture<?> unused = writer.register(i % Workload.PER_SERVICE, i)
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
        Stream.concat(event.added().stream(), event.changed().stream())
                .map(Instance::metadata)
                .forEach(this::seen);
    }

    /** A watcher was told of the instance that has this metadata. One thread at a time. */
    void seen(Map<String, String> metadata) {
        long version = Long.parseLong(Objects.requireNonNull(metadata.get("version")));
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

    /** From due to the watcher's callback, and to the acknowledgement. */
    Map<String, Spread> figures() {
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("told p50 ms", quantile(told, 0.5));
        figures.put("told p99 ms", quantile(told, 0.99));
        figures.put("acknowledged p50 ms", quantile(acknowledged, 0.5));
        figures.put("acknowledged p99 ms", quantile(acknowledged, 0.99));
        return figures;
    }

    private static Spread quantile(List<Latencies> windows, double quantile) {
        return Spread.of(windows.stream()
                .mapToDouble(latencies -> latencies.millis(quantile))
                .toArray());
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
