package io.gemel.it.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one measure found in one setup.
 *
 * @param measure its name on the command line
 * @param setup what was running and who called
 * @param figures by name with unit, in the order to print them
 * @param notes what a reader must know before believing the figures, such as failed calls
 */
record Result(String measure, String setup, Map<String, Spread> figures, List<String> notes) {
    Result {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        notes = List.copyOf(notes);
    }

    /** For a step that could not be taken, and why not. */
    static Result failed(String measure, String setup, String why) {
        return new Result(measure, setup, Map.of(), List.of("ERROR: " + why));
    }

    /** Whether it has no figures, because a step could not be taken. */
    boolean failed() {
        return figures.isEmpty();
    }
}
