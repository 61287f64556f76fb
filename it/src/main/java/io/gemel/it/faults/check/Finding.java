package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import java.util.List;
import java.util.Optional;

/**
 * One thing that must not happen, and did.
 *
 * @param what one sentence with names, values and times
 * @param events those that prove it: those of the impossible operation first, then the others in order; a report shows them
 * @param impossible the begin of the one operation that must not have ended as it did; empty if no single one is to blame
 */
public record Finding(String what, List<Event> events, Optional<Event> impossible) {
    /** Copies the list. */
    public Finding {
        events = List.copyOf(events);
    }
}
