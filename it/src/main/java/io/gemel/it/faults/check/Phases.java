package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Op;

/**
 * Where in a run something happened, by its {@code PHASE} events.
 *
 * @param finalFrom when the final phase began, in which nothing is written and everything is read; {@link Long#MAX_VALUE} if it did not
 * @param end when servers may end; {@link Long#MAX_VALUE} if the history does not say
 */
record Phases(long finalFrom, long end) {
    static Phases of(Evidence evidence) {
        return new Phases(begin(evidence, "final"), begin(evidence, "end"));
    }

    private static long begin(Evidence evidence, String phase) {
        return evidence.history().of(Op.PHASE).stream()
                .filter(event -> event.key().equals(phase))
                .mapToLong(event -> event.nanos())
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
