package io.gemel.it.faults.worker;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Seen;
import java.util.List;
import java.util.Optional;

/**
 * How a command to a client process ended.
 *
 * @param type OK, FAIL (certainly without effect) or INFO (unknown: deadline, lost connection, or the process died)
 * @param revision of a write, or of the view that was read; 0 if none
 * @param seen what a read showed
 * @param error code and cause, unless OK
 */
public record Answer(Event.Type type, long revision, List<Seen> seen, Optional<String> error) {
    /** Copies the list. */
    public Answer {
        seen = List.copyOf(seen);
    }
}
