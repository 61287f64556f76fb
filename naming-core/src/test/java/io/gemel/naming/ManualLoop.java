package io.gemel.naming;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A loop that runs when the test says so, on the test's thread. The test picks the interleaving.
 *
 * <p>A turn is what {@link ThreadLoop} does in one: periodic tasks that are due, then what is queued, then what those left
 * for the end of the turn. What a task throws reaches the test. Confined to one thread; only {@link #inLoop} may be asked
 * from others.
 */
public final class ManualLoop implements Loop {
    private static final Thread NOBODY = new Thread("nobody");

    private final ManualTicker ticker;
    private final int capacity;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private final List<Periodic> periodic = new ArrayList<>();
    private volatile Thread running = NOBODY;

    /** A loop with a clock of its own that never moves, and room for any number of tasks. */
    public ManualLoop() {
        this(new ManualTicker());
    }

    /** A loop whose periodic tasks follow {@code ticker}, with room for any number of tasks. */
    public ManualLoop(ManualTicker ticker) {
        this(ticker, Integer.MAX_VALUE);
    }

    /** A loop whose periodic tasks follow {@code ticker} and that refuses tasks while {@code capacity} are waiting. */
    public ManualLoop(ManualTicker ticker, int capacity) {
        this.ticker = ticker;
        this.capacity = capacity;
    }

    @Override
    public void execute(Runnable task) {
        if (tasks.size() >= capacity && !inLoop()) {
            throw new RegistryException(
                    RegistryException.Code.OVERLOADED, "the manual loop has " + capacity + " tasks waiting");
        }
        tasks.add(task);
    }

    /** Queues {@code task} beyond the capacity: a single thread cannot wait for itself. */
    @Override
    public void executeOrWait(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void afterTurn(Runnable task) {
        Invariant.check(inLoop(), "afterTurn outside the manual loop");
        endOfTurn.add(task);
    }

    @Override
    public void every(Duration period, Runnable task) {
        periodic.add(new Periodic(period.toNanos(), ticker.nanos() + period.toNanos(), task));
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == running;
    }

    /** Runs one turn with all that is queued, also by the turn's own tasks. Returns whether there was anything to do. */
    public boolean turn() {
        return turn(Integer.MAX_VALUE);
    }

    /** Runs one turn with at most {@code tasksMax} queued tasks. Returns whether there was anything to do. */
    public boolean turn(int tasksMax) {
        Invariant.check(running == NOBODY, "a turn within a turn of the manual loop");
        running = Thread.currentThread();
        try {
            boolean worked = runDue();
            for (int done = 0; done < tasksMax && !tasks.isEmpty(); done++) {
                tasks.remove().run();
                worked = true;
            }
            while (!endOfTurn.isEmpty()) {
                endOfTurn.remove().run();
            }
            return worked;
        } finally {
            running = NOBODY;
        }
    }

    /** Runs turns until nothing is queued and nothing is due. */
    public void runAll() {
        boolean worked = true;
        while (worked) {
            worked = turn();
        }
    }

    /** Queues {@code task} and runs turns until nothing is left to do. */
    public void run(Runnable task) {
        execute(task);
        runAll();
    }

    /** How many tasks wait. */
    public int waiting() {
        return tasks.size();
    }

    private boolean runDue() {
        boolean worked = false;
        for (Periodic each : List.copyOf(periodic)) {
            if (each.dueNanos - ticker.nanos() <= 0) {
                each.dueNanos = ticker.nanos() + each.periodNanos;
                each.task.run();
                worked = true;
            }
        }
        return worked;
    }

    /** A task and when it is due next. */
    private static final class Periodic {
        final long periodNanos;
        final Runnable task;
        long dueNanos;

        Periodic(long periodNanos, long dueNanos, Runnable task) {
            this.periodNanos = periodNanos;
            this.dueNanos = dueNanos;
            this.task = task;
        }
    }
}
