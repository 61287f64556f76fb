package io.gemel.client.internal;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import java.time.Duration;
import java.util.Random;

/**
 * The loop that owns the client's state, with one-shot timers. Any thread.
 *
 * <p>A timer's task runs in the loop, as all else does. All that is posted is bounded where it comes from: calls by the limit
 * on calls under way, what servers send by flow control.
 */
final class ClientLoop {
    private final Loop loop;
    private final ClientGround.Delays delays;
    private final Random random;

    /**
     * A loop with timers.
     *
     * @param random used in the loop alone
     */
    ClientLoop(Loop loop, ClientGround.Delays delays, Random random) {
        this.loop = loop;
        this.delays = delays;
        this.random = random;
    }

    /** Runs {@code task} in the loop; or not at all, once the loop has ended: then this returns false. */
    @CanIgnoreReturnValue
    boolean post(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RegistryException refusal) {
            if (refusal.code() != RegistryException.Code.SHUTTING_DOWN) {
                throw refusal;
            }
            return false;
        }
    }

    /** Runs {@code task} in the loop after {@code delay}, unless the timer is cancelled before. */
    Timer after(Duration delay, Runnable task) {
        Timer timer = new Timer(task);
        timer.prevent = delays.after(delay, () -> post(timer::fire));
        return timer;
    }

    /** A time at random between the two, so that what happens to many clients at once does not make them act at once. Only in the loop. */
    Duration scattered(Duration least, Duration most) {
        return Duration.ofNanos(random.nextLong(least.toNanos(), most.toNanos() + 1));
    }

    boolean inLoop() {
        return loop.inLoop();
    }

    /** A task that is to run later. Confined to the loop. */
    static final class Timer {
        private final Runnable task;
        private Runnable prevent = () -> {};
        private boolean cancelled;

        private Timer(Runnable task) {
            this.task = task;
        }

        /** The task does not run, even if its time has come already. */
        void cancel() {
            cancelled = true;
            prevent.run();
        }

        private void fire() {
            if (!cancelled) {
                task.run();
            }
        }
    }
}
