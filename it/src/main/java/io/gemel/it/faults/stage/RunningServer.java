package io.gemel.it.faults.stage;

import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server on its host, its disk and its addresses. */
final class RunningServer implements ServerNode, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final String id;
    private final Path dir;
    private final Disk disk;
    private final Berth berth;
    private final Set<String> addresses = ConcurrentHashMap.newKeySet();
    private volatile StatusProbe probe;
    private Optional<Process> process = Optional.empty();
    private int starts;
    private boolean gone;

    /**
     * A server that does not run yet.
     *
     * @param dir for its logs; must exist
     */
    RunningServer(String id, Path dir, Disk disk, Berth berth) {
        this.id = id;
        this.dir = dir;
        this.disk = disk;
        this.berth = berth;
        this.probe = new StatusProbe(berth.clientAddress());
        addresses.add(berth.clientAddress());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String clientAddress() {
        return berth.clientAddress();
    }

    @Override
    public boolean knownAt(String address) {
        return addresses.contains(address);
    }

    @Override
    public Path dir() {
        return dir;
    }

    @Override
    public Path dataDir() {
        return disk.dir().resolve("data");
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public Path log() {
        return dir.resolve("server.log");
    }

    @Override
    public OptionalLong pid() {
        return running().map(p -> OptionalLong.of(p.pid())).orElse(OptionalLong.empty());
    }

    @Override
    public synchronized int starts() {
        return starts;
    }

    @Override
    public boolean alive() {
        return running().isPresent();
    }

    @Override
    public synchronized void start() {
        if (running().isEmpty() && !gone) {
            process = Optional.of(berth.start(this));
            starts++;
        }
    }

    @Override
    public boolean awaitReady(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (alive() && System.nanoTime() < end) {
            if (status().filter(NodeStatus::ready).isPresent()) {
                return true;
            }
            var unused = awaitEnd(POLL);
        }
        return false;
    }

    @Override
    public void kill() {
        running().ifPresent(p -> {
            p.destroyForcibly();
            var unused = ended(p, Duration.ofDays(1)); // not even a frozen process survives it
        });
    }

    @Override
    public Optional<Integer> terminate(Duration limit) {
        Optional<Process> stopping = running();
        stopping.ifPresent(Process::destroy);
        if (stopping.filter(p -> !ended(p, limit)).isPresent()) {
            kill();
            return Optional.empty();
        }
        return latest().map(Process::exitValue);
    }

    @Override
    public boolean awaitEnd(Duration limit) {
        return running().map(p -> ended(p, limit)).orElse(true);
    }

    @Override
    public void freeze() {
        running().ifPresent(p -> Signal.send("STOP", p.pid()));
    }

    @Override
    public void thaw() {
        running().ifPresent(p -> Signal.send("CONT", p.pid()));
    }

    @Override
    public void wipe() {
        refuseAlive();
        berth.renew();
        if (!Files.exists(dataDir())) {
            return;
        }
        try (Stream<Path> files = Files.walk(dataDir())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refuseAlive() {
        if (alive()) {
            throw new IllegalStateException(id + " runs (expected: a process that has ended)");
        }
    }

    @Override
    public synchronized void move() {
        refuseAlive();
        berth.move();
        String now = berth.clientAddress();
        addresses.add(now);
        if (!probe.asks(now)) {
            StatusProbe before = probe;
            probe = new StatusProbe(now);
            before.close();
        }
    }

    @Override
    public Optional<NodeStatus> status() {
        return ask().join();
    }

    /** As {@link #status}, without waiting. */
    CompletableFuture<Optional<NodeStatus>> ask() {
        return alive() ? probe.ask() : CompletableFuture.completedFuture(Optional.empty());
    }

    /** The end of its log, for people. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** Kills it if it runs; it does not start again. Its disk is left to who made it. */
    @Override
    public void close() {
        synchronized (this) {
            gone = true;
        }
        kill();
        probe.close();
    }

    @Override
    public String toString() {
        return id;
    }

    private synchronized Optional<Process> latest() {
        return process;
    }

    private Optional<Process> running() {
        return latest().filter(Process::isAlive);
    }

    private static boolean ended(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
