package io.gemel.it.faults.run;

import io.gemel.it.faults.history.HistoryFile;
import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks every server several times a second what it is like, and writes the answers down. Each has a thread of its own, so that
 * one who does not answer delays nobody else.
 */
final class Sampler implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final HistoryWriter history;
    private final Writer file;
    private final List<ScheduledExecutorService> threads = new ArrayList<>();
    private final ConcurrentMap<String, NodeSample> latest = new ConcurrentHashMap<>();
    private final AtomicLong worstDelay = new AtomicLong();

    /** Begins to sample {@code nodes} into {@code file}, which is replaced. */
    Sampler(List<ServerNode> nodes, HistoryWriter history, Path file) {
        this.history = history;
        try {
            this.file = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (ServerNode node : nodes) {
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
            threads.add(thread);
            var unused = thread.scheduleAtFixedRate(() -> sample(node), 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
        ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor();
        threads.add(beat);
        AtomicLong last = new AtomicLong(System.nanoTime());
        var unused = beat.scheduleWithFixedDelay(
                () -> {
                    long now = System.nanoTime();
                    long late =
                            now - last.getAndSet(now) - Duration.ofMillis(20).toNanos();
                    worstDelay.accumulateAndGet(late, Math::max);
                },
                0,
                20,
                TimeUnit.MILLISECONDS);
    }

    private void sample(ServerNode node) {
        long nanos = history.nanos();
        Proc proc = Proc.of(node.pid());
        boolean alive = node.alive();
        int starts = node.starts();
        Optional<NodeStatus> status = alive ? node.status() : Optional.empty();
        NodeSample sample = new NodeSample(
                nanos, node.id(), starts, alive, status, proc.threads(), proc.files(), proc.residentBytes());
        latest.put(node.id(), sample);
        synchronized (file) {
            try {
                file.append(HistoryFile.line(sample)).append('\n').flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What nodes said last, of those that were asked after {@code since} in the time of the history. */
    List<NodeStatus> statuses(long since) {
        return latest.values().stream()
                .filter(sample -> sample.nanos() > since)
                .flatMap(sample -> sample.status().stream())
                .toList();
    }

    /** The longest time that a thread of this process, which wants to run every 20 ms, had to wait for its turn. */
    Duration worstDelay() {
        return Duration.ofNanos(worstDelay.get());
    }

    @Override
    public void close() {
        threads.forEach(ScheduledExecutorService::shutdownNow);
        threads.forEach(thread -> {
            try {
                boolean unused = thread.awaitTermination(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        synchronized (file) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
