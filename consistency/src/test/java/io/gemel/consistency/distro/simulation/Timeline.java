package io.gemel.consistency.distro.simulation;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Simulated time: runs what is planned, in the order of its time; what is planned for one time, in the order of planning. */
final class Timeline {
    private final PriorityQueue<Planned> queue = new PriorityQueue<>();
    private long now;
    private long order;
    private long ran;

    /** Nanoseconds since the beginning. */
    long now() {
        return now;
    }

    /** How many tasks ran. */
    long ran() {
        return ran;
    }

    /** Plans {@code task} of nobody's. */
    Planned at(long nanos, Runnable task) {
        return add(new Planned(Math.max(nanos, now), order++, null, 0, task));
    }

    /** Plans {@code task} of {@code host}: it does not run if the host's life ends first, and waits while it is frozen. */
    Planned at(long nanos, Host host, Runnable task) {
        return add(new Planned(Math.max(nanos, now), order++, host, host.life(), task));
    }

    private Planned add(Planned planned) {
        queue.add(planned);
        return planned;
    }

    /** Lets time pass until {@code nanos}. */
    void runUntil(long nanos) {
        for (Planned next = queue.peek(); next != null && next.nanos <= nanos; next = queue.peek()) {
            queue.remove();
            now = next.nanos;
            run(next);
        }
        now = nanos;
    }

    /** Runs {@code planned}, unless its host is not in a state to. */
    void run(Planned planned) {
        Host host = planned.host;
        if (planned.cancelled || (host != null && !(host.alive() && host.life() == planned.life))) {
            return;
        }
        if (host != null && host.frozen()) {
            host.defer(planned);
            return;
        }
        ran++;
        planned.task.run();
    }

    /** A task and when it runs. */
    static final class Planned implements Comparable<Planned> {
        private final long nanos;
        private final long order;
        private final @Nullable Host host;
        private final long life;
        private final Runnable task;
        private boolean cancelled;

        Planned(long nanos, long order, @Nullable Host host, long life, Runnable task) {
            this.nanos = nanos;
            this.order = order;
            this.host = host;
            this.life = life;
            this.task = task;
        }

        void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Planned other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
