package io.gemel.it.faults.history;

import java.util.List;

/** All that happened in a run, in the order of its index. Immutable. */
public record History(List<Event> events) {
    /** Copies the list. */
    public History {
        events = List.copyOf(events);
    }

    /** What is about {@code op}. */
    public List<Event> of(Op op) {
        return events.stream().filter(event -> event.op() == op).toList();
    }
}
