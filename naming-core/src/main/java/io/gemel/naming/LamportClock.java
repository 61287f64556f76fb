package io.gemel.naming;

/**
 * Numbers events so that whatever could have caused an event has a smaller number (Lamport, "Time, Clocks, and the
 * Ordering of Events in a Distributed System", 1978). Confined to the naming loop.
 *
 * <p>Session epochs and publication stamps come from here: of two publications of one address the later one, by this order,
 * is shown, whichever nodes and sessions they came through.
 */
public final class LamportClock {
    private long last;

    /** The number of a new event on this node. */
    public long next() {
        return ++last;
    }

    /** Takes note of an event of another node or client. */
    public void saw(long number) {
        last = Math.max(last, number);
    }
}
