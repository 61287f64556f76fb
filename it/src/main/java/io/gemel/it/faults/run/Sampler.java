package io.gemel.it.faults.run;

import io.gemel.it.faults.history.HistoryFile;
import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Asks every server several times a second what it is like, and writes the answers down: guests too, as long as they are there. Each
 * has a thread of its own, so that one who does not answer delays nobody else.
 */
final class Sampler implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final Stage stage;
    private final HistoryWriter history;
    private final Writer file;
    private final ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor();

    /** By id; touched by the constructor, then by the beat, then by {@link #close}. */
    private final Map<String, ScheduledExecutorService> threads = new HashMap<>();

    private final ConcurrentMap<String, NodeSample> latest = new ConcurrentHashMap<>();
    private final AtomicLong worstDelay = new AtomicLong();

    /** Begins to sample the servers of {@code stage} into {@code file}, which is replaced. */
    Sampler(Stage stage, HistoryWriter history, Path file) {
        this.stage = stage;
        this.history = history;
        try {
            this.file = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        follow();
        AtomicLong last = new AtomicLong(System.nanoTime());
        var unused = beat.scheduleWithFixedDelay(
                () -> {
                    long now = System.nanoTime();
                    long late =
                            now - last.getAndSet(now) - Duration.ofMillis(20).toNanos();
                    worstDelay.accumulateAndGet(late, Math::max);
                    follow();
                },
                0,
                20,
                TimeUnit.MILLISECONDS);
    }

    /** Samples those who have come, and no longer those who have gone. */
    private void follow() {
        List<ServerNode> now = stage.everyone();
        now.stream().filter(node -> !threads.containsKey(node.id())).forEach(node -> {
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
            threads.put(node.id(), thread);
            var unused = thread.scheduleAtFixedRate(() -> sample(node), 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        });
        Set<String> ids = now.stream().map(ServerNode::id).collect(Collectors.toSet());
        threads.entrySet().removeIf(entry -> {
            boolean gone = !ids.contains(entry.getKey());
            if (gone) {
                entry.getValue().shutdownNow();
            }
            return gone;
        });
    }

    private void sample(ServerNode node) {
        if (!stage.everyone().contains(node)) {
            latest.remove(node.id());
            return;
        }
        long nanos = history.nanos();
        Proc proc = Proc.of(node.pid());
        boolean alive = node.alive();
        int starts = node.starts();
        Optional<NodeStatus> status = alive ? node.status() : Optional.empty();
        NodeSample sample = new NodeSample(
                nanos, node.id(), starts, alive, status, proc.threads(), proc.files(), proc.residentBytes());
        latest.put(node.id(), sample);
        if (!stage.everyone().contains(node)) {
            latest.remove(node.id()); // it has gone meanwhile
        }
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

    private static void end(ScheduledExecutorService thread) {
        thread.shutdownNow();
        try {
            boolean unused = thread.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The longest time that a thread of this process, which wants to run every 20 ms, had to wait for its turn. */
    Duration worstDelay() {
        return Duration.ofNanos(worstDelay.get());
    }

    @Override
    public void close() {
        end(beat);
        threads.values().forEach(Sampler::end);
        synchronized (file) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
