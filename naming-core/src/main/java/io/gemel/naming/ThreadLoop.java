package io.gemel.naming;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A loop that is one daemon thread.
 *
 * <p>It works in turns: what is queued, up to a limit, then what those tasks left for the end of the turn. So the cost of
 * making results visible is paid once per turn, however many tasks a busy turn has. The queue is bounded (I7): a full one
 * refuses. A task that throws ends the loop and reports the failure: its state may be broken, so it must not go on.
 */
public final class ThreadLoop implements Loop, AutoCloseable {
    private static final int TURN_MAX = 1_024;
    private static final long IDLE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FULL_WAIT_NANOS = Duration.ofMillis(1).toNanos() / 10;

    private final int capacity;
    private final Ticker ticker;
    private final long startNanos;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private final PriorityQueue<Periodic> periodic =
            new PriorityQueue<>(Comparator.comparingLong((Periodic p) -> p.dueNanos));
    private volatile boolean parked;
    private volatile boolean closed;
    private volatile boolean ended;

    /**
     * Starts the loop.
     *
     * @param capacity how many tasks may wait; more are refused
     * @param onFailure told of what a task threw, on the loop's thread, after which the loop runs nothing more
     */
    public ThreadLoop(String name, int capacity, Ticker ticker, Consumer<Throwable> onFailure) {
        this.capacity = capacity;
        this.ticker = ticker;
        this.startNanos = ticker.nanos();
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void execute(Runnable task) {
        if (queued.incrementAndGet() > capacity && !inLoop()) {
            queued.decrementAndGet();
            throw new RegistryException(
                    RegistryException.Code.OVERLOADED, thread.getName() + " has " + capacity + " tasks waiting");
        }
        enqueue(task);
    }

    @Override
    public void executeOrWait(Runnable task) {
        while (queued.get() >= capacity && !closed && !inLoop()) {
            LockSupport.parkNanos(FULL_WAIT_NANOS);
        }
        queued.incrementAndGet();
        enqueue(task);
    }

    private void enqueue(Runnable task) {
        boolean own = inLoop(); // runs before the loop ends; to refuse it would look like a failure of the task
        if (closed && !own) {
            throw shuttingDown();
        }
        tasks.add(task);
        if (parked) {
            LockSupport.unpark(thread);
        }
        // The loop may have ended since. It looks at the queue once more after it says so: a task is run or refused.
        if (ended && !own && tasks.remove(task)) {
            throw shuttingDown();
        }
    }

    private RegistryException shuttingDown() {
        queued.decrementAndGet();
        return new RegistryException(RegistryException.Code.SHUTTING_DOWN, thread.getName() + " has ended");
    }

    @Override
    public void afterTurn(Runnable task) {
        Invariant.check(inLoop(), "I1: afterTurn on %s", Thread.currentThread().getName());
        endOfTurn.add(task);
    }

    @Override
    public void every(Duration period, Runnable task) {
        paced(period, () -> {
            task.run();
            return period;
        });
    }

    @Override
    public void paced(Duration shortest, Supplier<Duration> task) {
        execute(() -> periodic.add(new Periodic(nextMultiple(shortest.toNanos()), task)));
    }

    /** Tasks whose periods are multiples of each other are due together: an idle loop is woken once for all of them. */
    private long nextMultiple(long periodNanos) {
        return startNanos + ((ticker.nanos() - startNanos) / periodNanos + 1) * periodNanos;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Runs what is queued, and what those tasks queue, then ends the thread. Waits for it for at most five seconds. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        if (!inLoop()) {
            try {
                thread.join(Duration.ofSeconds(5).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @SuppressWarnings("IllegalCatch") // the top of the loop: whatever a task threw must reach onFailure
    private void run() {
        try {
            while (!closed) {
                if (!turn()) {
                    idle();
                }
            }
            ended = true;
            while (!tasks.isEmpty()) {
                turn();
            }
        } catch (Throwable failure) {
            closed = true;
            ended = true;
            onFailure.accept(failure);
        }
    }

    private boolean turn() {
        boolean due = runDue();
        boolean worked = runQueued() || due;
        for (Runnable task = endOfTurn.poll(); task != null; task = endOfTurn.poll()) {
            task.run();
        }
        return worked;
    }

    private boolean runQueued() {
        int done = 0;
        for (Runnable task = tasks.poll(); task != null; task = done < TURN_MAX ? tasks.poll() : null) {
            queued.decrementAndGet();
            task.run();
            done++;
        }
        return done > 0;
    }

    private boolean runDue() {
        Periodic next = periodic.peek();
        if (next == null || next.dueNanos - ticker.nanos() > 0) {
            return false;
        }
        periodic.remove();
        next.dueNanos = nextMultiple(next.task.get().toNanos());
        periodic.add(next);
        return true;
    }

    private void idle() {
        parked = true;
        if (tasks.isEmpty() && !closed) {
            Periodic next = periodic.peek();
            long wait = next == null ? IDLE_NANOS : Math.min(IDLE_NANOS, next.dueNanos - ticker.nanos());
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
        }
        parked = false;
    }

    /** A task and when it is due next. */
    private static final class Periodic {
        final Supplier<Duration> task;
        long dueNanos;

        Periodic(long dueNanos, Supplier<Duration> task) {
            this.dueNanos = dueNanos;
            this.task = task;
        }
    }
}
