package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import java.util.List;
import java.util.Objects;

/**
 * One ephemeral registration, told from all others by its value.
 *
 * @param service namespace/group/service
 * @param instance ip:port/cluster
 * @param value what tells it from the others
 * @param registration how it came to be
 * @param due when it must be registered: it was acknowledged, its owner lives and wants it, and nobody else claims the address
 * @param dead when its owner is gone, or does not want it any more
 */
record Incarnation(
        String service, String instance, String value, Operation registration, List<Interval> due, List<Death> dead) {

    /** A time from one moment to another, not included. */
    record Interval(long from, long to) {
        boolean contains(long begin, long end) {
            return from <= begin && end < to;
        }
    }

    /**
     * A time in which an incarnation has no owner.
     *
     * @param during from the owner's end, to its return or {@link Long#MAX_VALUE}
     * @param announced whether the servers were told, and answered
     */
    record Death(Interval during, boolean announced, Event how) {
        /** Whether the owner did not come back. */
        boolean forGood() {
            return during.to() == Long.MAX_VALUE;
        }
    }

    String owner() {
        return registration.process();
    }

    /** Whether it must be registered throughout. */
    boolean due(long from, long to) {
        return due.stream().anyMatch(interval -> interval.contains(from, to));
    }

    /** Of what tells it from others: it is asked for often. */
    @Override
    public int hashCode() {
        return Objects.hash(service, instance, value);
    }

    @Override
    public String toString() {
        return value + " (" + instance + " of " + service + ", owner " + owner() + ")";
    }
}
