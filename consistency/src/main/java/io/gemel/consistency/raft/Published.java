package io.gemel.consistency.raft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The log index that reads of this node reflect, and who waits for one. Thread-safe. */
final class Published {
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::index));
    private long index;

    private record Waiter(long index, Call<?> call, Runnable then) {}

    /** Runs {@code then} once reads reflect {@code wanted}: now, or on the naming loop. Dropped if {@code call} is over by then. */
    void whenReached(long wanted, Call<?> call, Runnable then) {
        synchronized (this) {
            if (index < wanted) {
                waiters.add(new Waiter(wanted, call, then));
                return;
            }
        }
        then.run();
    }

    /** Reads reflect {@code reached} from now on. Called on the naming loop, after the views are published (I3). */
    void advance(long reached) {
        List<Waiter> due = new ArrayList<>();
        synchronized (this) {
            index = Math.max(index, reached);
            while (!waiters.isEmpty() && waiters.peek().index() <= index) {
                due.add(waiters.remove());
            }
        }
        due.forEach(waiter -> waiter.then().run());
    }

    /** Forgets who no longer waits. */
    synchronized void prune() {
        waiters.removeIf(waiter -> waiter.call().done());
    }

    synchronized long index() {
        return index;
    }
}
