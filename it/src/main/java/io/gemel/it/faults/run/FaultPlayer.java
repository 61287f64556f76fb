package io.gemel.it.faults.run;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.nemesis.PlannedFault;
import io.gemel.it.faults.stage.Stage;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Injects the faults of a schedule when their time comes, and heals them when it is over.
 *
 * <p>Faults of one name follow each other, those of different names overlap. One that is safe only alone waits until no
 * other is in force.
 */
final class FaultPlayer {
    private final Stage stage;
    private final HistoryWriter history;
    private final Progress progress;
    private final ReadWriteLock alone = new ReentrantReadWriteLock(true);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    /**
     * How the faults of one name went.
     *
     * @param injected how many were in force
     * @param failure why the last of the others could not be injected; empty if all could
     */
    record Outcome(int injected, String failure) {
        private Outcome and(Outcome other) {
            return new Outcome(injected + other.injected, other.failure.isEmpty() ? failure : other.failure);
        }
    }

    FaultPlayer(Stage stage, HistoryWriter history, Progress progress) {
        this.stage = stage;
        this.history = history;
        this.progress = progress;
    }

    /** Plays {@code schedule}, and returns when {@code time} is over and every fault is healed, or {@link #stop} was called. */
    void play(Schedule schedule, Duration time, Executor threads) {
        long begin = System.nanoTime();
        Map<String, List<PlannedFault>> byName = new LinkedHashMap<>();
        schedule.faults()
                .forEach(fault -> byName.computeIfAbsent(fault.name(), name -> new ArrayList<>())
                        .add(fault));
        List<CompletableFuture<Void>> players = new ArrayList<>();
        byName.forEach((name, faults) -> players.add(
                CompletableFuture.runAsync(() -> faults.forEach(fault -> meet(fault, begin, time)), threads)));
        waitUntil(begin, time);
        players.forEach(CompletableFuture::join);
    }

    /** Ends a {@link #play} early: what is in force is healed, nothing more is injected. */
    void stop() {
        stopped.countDown();
    }

    /** By name, how the faults went. */
    Map<String, Outcome> outcomes() {
        return Map.copyOf(outcomes);
    }

    private void meet(PlannedFault fault, long begin, Duration time) {
        waitUntil(begin, fault.from());
        boolean single = fault.injection() instanceof Exclusive exclusive
                && exclusive.claim().equals(Exclusive.EVERYTHING);
        Lock turn = single ? alone.writeLock() : alone.readLock();
        turn.lock();
        try {
            boolean over = stopped.getCount() == 0 || System.nanoTime() - begin > time.toNanos();
            if (!over) {
                injectAndHeal(fault, begin);
            }
        } finally {
            turn.unlock();
        }
    }

    private void injectAndHeal(PlannedFault fault, long begin) {
        Event invoke = history.invoke(
                "fault-" + fault.name(), Op.FAULT, "", fault.name(), Optional.of(fault.target()), OptionalLong.empty());
        String met = "";
        String failure = "";
        try {
            met = fault.injection().inject(stage);
            progress.fault(fault.name() + " " + met);
            waitUntil(begin, fault.to());
        } catch (IllegalStateException | UnsupportedOperationException | UncheckedIOException e) {
            failure = String.valueOf(e.getMessage());
            progress.line("not injected: " + fault.name() + " " + fault.target() + ": " + failure);
        }
        try {
            fault.injection().heal(stage);
        } catch (IllegalStateException | UnsupportedOperationException | UncheckedIOException e) {
            progress.line("healing " + fault.name() + " failed, the end of the faults will do it: " + e.getMessage());
        }
        progress.healed(fault.name() + " " + met);
        outcomes.merge(fault.name(), new Outcome(failure.isEmpty() ? 1 : 0, failure), Outcome::and);
        var unused = history.complete(
                invoke,
                failure.isEmpty() ? Event.Type.OK : Event.Type.FAIL,
                Optional.of(met.isEmpty() ? fault.target() : met),
                OptionalLong.empty(),
                List.of(),
                Optional.of(failure).filter(text -> !text.isEmpty()));
    }

    /** Until {@code offset} after {@code begin}, or {@link #stop}. */
    private void waitUntil(long begin, Duration offset) {
        try {
            boolean unused = stopped.await(begin + offset.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        }
    }
}
