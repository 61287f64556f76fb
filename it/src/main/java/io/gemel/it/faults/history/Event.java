package io.gemel.it.faults.history;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One line of a history.
 *
 * @param index its place in the history, from 0
 * @param nanos monotonic time since the run began. An invocation is stamped before it is sent and a completion after it was
 *     received, so the true operation lies within
 * @param process the logical client; a process whose operation ended {@link Type#INFO} invokes nothing more
 * @param type whether this begins or ends an operation
 * @param op what the operation is
 * @param node the server it was sent to; empty if none
 * @param key namespace/group/service for LIST and VIEW, namespace/group/service#ip:port/cluster for one instance
 * @param value what is written, or what was read; empty when absent
 * @param expected the revision that a CAS or a LIST demands
 * @param revision of a write: the revision it was acknowledged with; of a READ: that of the instance, if there is one; of a LIST or VIEW: the view's
 * @param seen what a LIST or VIEW showed
 * @param error code and cause of a FAIL or INFO
 */
public record Event(
        long index,
        long nanos,
        String process,
        Type type,
        Op op,
        String node,
        String key,
        Optional<String> value,
        OptionalLong expected,
        OptionalLong revision,
        List<Seen> seen,
        Optional<String> error) {

    /** Where in its life an operation is. */
    public enum Type {
        INVOKE,
        /** It took effect, and this is its answer. */
        OK,
        /** It certainly took no effect. */
        FAIL,
        /** It may have taken effect, now or later. */
        INFO
    }

    /** Copies the list. */
    public Event {
        seen = List.copyOf(seen);
    }
}
