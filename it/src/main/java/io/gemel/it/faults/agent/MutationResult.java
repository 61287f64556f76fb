package io.gemel.it.faults.agent;

import java.util.List;

/**
 * What a run found of a seeded bug.
 *
 * @param violated every check that the run violated
 * @param reached whether a process came past the place of the bug at all
 * @param seconds how long it took, start of the servers included
 * @param left what the run printed last, if it found nothing
 */
record MutationResult(Mutant mutant, long seed, List<String> violated, boolean reached, long seconds, String left) {

    /** Whether one of the checks found it that must. */
    boolean caught() {
        return violated.stream().anyMatch(mutant.checks()::contains);
    }
}
