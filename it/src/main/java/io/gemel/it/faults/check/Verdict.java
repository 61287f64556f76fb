package io.gemel.it.faults.check;

import java.util.List;
import java.util.Map;

/**
 * What one check found.
 *
 * @param check its name
 * @param outcome whether the promise held
 * @param summary one line for people
 * @param findings what broke it; empty if it held
 * @param figures what was measured on the way, name to value with unit, in the order of printing
 */
public record Verdict(
        String check, Outcome outcome, String summary, List<Finding> findings, Map<String, String> figures) {

    /** How a check ended. Only {@link #HOLDS} passes. */
    public enum Outcome {
        HOLDS,
        VIOLATED,
        /** Too little evidence, or too little time to search it. */
        UNDECIDED
    }

    /** Copies the list. */
    public Verdict {
        findings = List.copyOf(findings);
    }

    /** Whether the promise was shown to hold. */
    public boolean passed() {
        return outcome == Outcome.HOLDS;
    }
}
