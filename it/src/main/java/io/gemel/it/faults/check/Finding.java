package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import java.util.List;

/**
 * One thing that must not happen, and did.
 *
 * @param what one sentence with names, values and times
 * @param events those that prove it, in order; a report shows them
 */
public record Finding(String what, List<Event> events) {
    /** Copies the list. */
    public Finding {
        events = List.copyOf(events);
    }
}
