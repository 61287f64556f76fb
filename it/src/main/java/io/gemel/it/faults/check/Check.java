package io.gemel.it.faults.check;

/** One promise, tested against the evidence of a run. Stateless; any thread. */
public interface Check {
    /** Its name in reports: lower case, words joined by '-'. */
    String name();

    /** One sentence: the promise. */
    String promise();

    /** Whether it held. Evidence that is too thin to tell (nothing was acknowledged, nothing read) is {@link Verdict.Outcome#UNDECIDED}. */
    Verdict verdict(Evidence evidence);
}
