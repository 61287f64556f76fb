package io.gemel.client.internal;

import io.gemel.naming.Loop;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/** A loop, a clock and timers whose time passes when the test says so, in the test's thread. */
class SimulatedTime implements Loop, Ticker {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
    private long now;
    private long number;

    private record Task(long due, long number, Runnable run) {}

    /** This, as the loop of a client. */
    ClientLoop clientLoop(long seed) {
        return new ClientLoop(this, this::after, new Random(seed));
    }

    Runnable after(Duration delay, Runnable run) {
        Task task = new Task(now + delay.toNanos(), number++, run);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Runs all that is due within {@code time}. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        for (Task next = tasks.peek(); next != null && next.due() <= end; next = tasks.peek()) {
            tasks.remove();
            now = next.due();
            next.run().run();
        }
        now = end;
    }

    /** Runs what is due now. */
    void settle() {
        pass(Duration.ZERO);
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void execute(Runnable task) {
        var unused = after(Duration.ZERO, task);
    }

    @Override
    public void executeOrWait(Runnable task) {
        execute(task);
    }

    @Override
    public void afterTurn(Runnable task) {
        execute(task);
    }

    @Override
    public void every(Duration period, Runnable task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean inLoop() {
        return true;
    }
}
