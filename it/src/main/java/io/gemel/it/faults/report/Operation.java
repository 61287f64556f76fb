package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a process did from its invocation to its completion; a moment if the history has only one event of it.
 *
 * @param begin the first event
 * @param end the last one; empty if the run ended before
 */
record Operation(Event begin, Optional<Event> end) {

    /** Everything that clients did, in the order of its beginning; faults and phases are left out. */
    static List<Operation> of(List<Event> events) {
        List<Operation> operations = new ArrayList<>();
        Map<String, Integer> open = new HashMap<>();
        for (Event event : events) {
            if (event.op() == Op.FAULT || event.op() == Op.PHASE) {
                continue;
            }
            if (event.type() == Event.Type.INVOKE) {
                open.put(event.process(), operations.size());
                operations.add(new Operation(event, Optional.empty()));
                continue;
            }
            Integer place = open.get(event.process());
            if (place != null && operations.get(place).begin().op() == event.op()) {
                open.remove(event.process());
                operations.set(place, new Operation(operations.get(place).begin(), Optional.of(event)));
            } else {
                operations.add(new Operation(event, Optional.of(event)));
            }
        }
        return List.copyOf(operations);
    }

    Op op() {
        return begin.op();
    }

    String process() {
        return begin.process();
    }

    /** How it ended. What has no end may have taken effect. */
    Event.Type outcome() {
        return end.map(Event::type).orElse(Event.Type.INFO);
    }

    /** Whether nothing began it: what a watcher was shown, or what befell a client. */
    boolean moment() {
        return begin.type() != Event.Type.INVOKE;
    }

    long fromNanos() {
        return begin.nanos();
    }

    /** When it ended, or {@code otherwise}. */
    long toNanos(long otherwise) {
        return end.map(Event::nanos).orElse(otherwise);
    }

    /** Whether one of its events has this index. */
    boolean holds(long index) {
        return begin.index() == index
                || end.map(event -> event.index() == index).orElse(false);
    }
}
