package io.gemel.naming;

import java.time.Duration;
import java.util.function.Supplier;

/** Runs tasks one at a time, in order. State confined to a loop needs no lock. */
public interface Loop {
    /** Queues {@code task}; throws {@link RegistryException} with {@code OVERLOADED} if the queue is full. Any thread. */
    void execute(Runnable task);

    /**
     * Queues {@code task}, and makes the caller wait while the queue is full; a task of the loop itself never waits. For
     * what must not be refused. Any thread.
     */
    void executeOrWait(Runnable task);

    /** Runs {@code task} once, after the tasks of the present turn. Only within the loop. */
    void afterTurn(Runnable task);

    /** Runs {@code task} every {@code period}, for the first time within one, until the loop ends. Any thread. */
    void every(Duration period, Runnable task);

    /**
     * As {@link #every(Duration, Runnable)}, but {@code task} says each time how long the period is until it is run next: a loop without work
     * should hardly be woken.
     *
     * @param shortest the shortest that it says; what is meant for tests may run it that often
     */
    default void paced(Duration shortest, Supplier<Duration> task) {
        every(shortest, () -> {
            Duration unused = task.get();
        });
    }

    /** Whether the caller is a task of this loop. */
    boolean inLoop();
}
