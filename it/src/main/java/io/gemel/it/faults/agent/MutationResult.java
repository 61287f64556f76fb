package io.gemel.it.faults.agent;

import java.util.List;

/**
 * What the runs against a seeded bug found.
 *
 * @param seed of the last run
 * @param runs how many there were: the last one is what is told here
 * @param end how the last one ended
 * @param violated every check that it violated
 * @param seconds how long it took, start of the servers included
 * @param left what it printed last, if it did not catch the bug; why it was not tried, if it was not
 */
record MutationResult(Mutant mutant, long seed, int runs, End end, List<String> violated, long seconds, String left) {

    /** How a run against a seeded bug can end. */
    enum End {
        /** One of the checks found it that must. */
        CAUGHT,
        /** It is not tried in processes: what they cannot show, simulated time finds. */
        SIMULATED,
        /** The bug was met, and none of these checks found it. */
        SURVIVED,
        /** No process came past the place of the bug, so that there was nothing to find. */
        NOT_REACHED,
        /** One of the faults cannot be injected on this machine. */
        SKIPPED,
        /** There was no verdict, for instance because servers did not start. */
        NOT_RUN
    }

    MutationResult {
        violated = List.copyOf(violated);
    }

    /** That of a bug which is found in simulated time alone, for {@code why}. */
    static MutationResult simulated(Mutant mutant, String why) {
        return new MutationResult(mutant, 0, 0, End.SIMULATED, List.of(), 0, why);
    }

    /** Whether one of the checks found it that must, here or in simulated time. */
    boolean caught() {
        return end == End.CAUGHT || end == End.SIMULATED;
    }
}
