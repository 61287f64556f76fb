package io.gemel.naming;

import java.util.Optional;

/**
 * When results of checks are a reason to change what is thought of an instance: after so many of the same kind in a row. Confined.
 *
 * <p>One that differs begins to count anew. What is due stays due with each further result of its kind, until it is agreed.
 */
public final class HealthRule {
    private final int rise;
    private final int fall;
    private boolean succeeded;
    private int inARow;

    /**
     * Nothing was checked yet.
     *
     * @param rise successes in a row that make an instance healthy, 1 or more
     * @param fall failures in a row that make it unhealthy, 1 or more
     */
    public HealthRule(int rise, int fall) {
        if (rise < 1 || fall < 1) {
            throw new IllegalArgumentException("rise " + rise + ", fall " + fall + " (expected: 1 or more)");
        }
        this.rise = rise;
        this.fall = fall;
    }

    /** Notes a result. What the instance, now agreed to be {@code shown}, is to be from now on; empty if it stays so. */
    public Optional<Boolean> noted(boolean success, boolean shown) {
        inARow = success == succeeded ? Math.min(inARow + 1, Math.max(rise, fall)) : 1;
        succeeded = success;
        boolean enough = inARow >= (success ? rise : fall);
        return success != shown && enough ? Optional.of(success) : Optional.empty();
    }
}
