package io.gemel.naming;

/**
 * Numbers events so that whatever could have caused an event has a smaller number (Lamport, "Time, Clocks, and the
 * Ordering of Events in a Distributed System", 1978). Confined to the naming loop.
 *
 * <p>Session epochs and publication stamps come from here: of two publications of one address the later one, by this order,
 * is shown, whichever nodes and sessions they came through.
 */
public final class LamportClock {
    /** So many events that no clock is ahead of another by more. */
    private static final long LEAD_MAX = 1L << 44;

    /** What events alone never reach: a clock that is beyond was driven there, and takes only small steps from then on. */
    private static final long DRIVEN = 1L << 62;

    /** So small that a clock does not come to its end by these, and as far ahead as another one gets in seconds. */
    private static final long DRIVEN_LEAD_MAX = 1L << 20;

    private long last;

    /** The number of a new event on this node. */
    public long next() {
        return ++last;
    }

    /** Whether an event with this number may have happened on some node. To be asked of what clients claim, which might otherwise use up the numbers of the whole cluster. */
    public boolean isPlausible(long number) {
        return number <= Math.max(Math.min(last + LEAD_MAX, DRIVEN), last + DRIVEN_LEAD_MAX);
    }

    /** Takes note of an event of another node, or of one that a client told of and that {@link #isPlausible}. */
    public void saw(long number) {
        last = Math.max(last, number);
    }
}
