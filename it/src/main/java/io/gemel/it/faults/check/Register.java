package io.gemel.it.faults.check;

import org.jspecify.annotations.Nullable;

/**
 * One persistent instance as a register with versions: what each operation demands of its state, and does to it.
 *
 * <p>A write whose outcome is unknown takes effect, if it does, at a revision that nobody was told; a later read tells it. It is
 * accepted only if the next operation shows its effect: one that leaves no trace may as well not have happened, and to try both
 * would double the search for each such write.
 */
final class Register {
    static final State INITIAL = new State(Step.ABSENT, 0, 0, false);

    private Register() {}

    /** What an operation is about. */
    enum Kind {
        WRITE,
        CAS,
        REMOVE,
        READ
    }

    /**
     * An operation on one register.
     *
     * @param kind what it is about
     * @param value what it wrote or read; {@link #ABSENT} if nothing
     * @param expected the revision that a CAS demands; 0: absent
     * @param revision as acknowledged or read; {@link #UNKNOWN} if it was not told
     * @param certain whether it took effect; otherwise it may have
     */
    record Step(Kind kind, int value, long expected, long revision, boolean certain) {
        static final int ABSENT = -1;
        static final long UNKNOWN = -1;
    }

    /**
     * What the register holds.
     *
     * @param value {@link Step#ABSENT} or the number of a value
     * @param revision of the value; {@link Step#UNKNOWN} if nobody was told
     * @param low the last revision given, or the least that it can have been
     * @param unseen whether the last write is one of unknown outcome that nothing has shown yet
     */
    record State(int value, long revision, long low, boolean unseen) {
        boolean absent() {
            return value == Step.ABSENT;
        }
    }

    /** The state after {@code step}; null if it cannot have happened in {@code state}. */
    static @Nullable State after(State state, Step step) {
        return switch (step.kind()) {
            case READ -> read(state, step);
            case CAS -> meets(state, step.expected()) ? written(state, step) : null;
            case WRITE, REMOVE -> state.unseen() ? null : written(state, step);
        };
    }

    private static @Nullable State read(State state, Step step) {
        if (step.value() != state.value()) {
            return null;
        }
        if (state.absent() || step.revision() == Step.UNKNOWN) {
            return seen(state, state.revision());
        }
        boolean fits =
                state.revision() == Step.UNKNOWN ? step.revision() >= state.low() : step.revision() == state.revision();
        return fits ? seen(state, step.revision()) : null;
    }

    private static State seen(State state, long revision) {
        return new State(state.value(), revision, Math.max(state.low(), revision), false);
    }

    private static boolean meets(State state, long expected) {
        if (expected == 0 || state.absent()) {
            return expected == 0 && state.absent();
        }
        return state.revision() == Step.UNKNOWN ? expected >= state.low() : expected == state.revision();
    }

    private static @Nullable State written(State state, Step step) {
        // What a CAS demanded is then known of the state before it.
        long low = Math.max(state.low(), step.expected());
        if (step.revision() == Step.UNKNOWN) {
            return new State(step.value(), Step.UNKNOWN, low + 1, !step.certain());
        }
        return step.revision() > low ? new State(step.value(), step.revision(), step.revision(), false) : null;
    }
}
