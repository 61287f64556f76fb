package io.gemel.it.faults.history;

/** What a line of a history is about. */
public enum Op {
    /** A client registers one instance: {@code key} at {@code value}. */
    REGISTER,
    /** A client registers one instance if its revision is still {@code expected}; 0: if it is absent. */
    CAS,
    /** A client deregisters the instance {@code key}. */
    DEREGISTER,
    /** A client reads the one instance {@code key}, linearizably. */
    READ,
    /** A client lists the service {@code key} at one node; {@code expected} is the minimum revision it asked for. */
    LIST,
    /** A watcher was shown the service {@code key}: an {@code OK} without {@code INVOKE}. */
    VIEW,
    /** A client begins its life (a session at {@code node}). */
    OPEN,
    /** A client says goodbye. */
    CLOSE,
    /** A client's process is killed: an {@code OK} without {@code INVOKE}. */
    KILL,
    /** A client's process is stopped (SIGSTOP): an {@code OK} without {@code INVOKE}. */
    FREEZE,
    /** A client's process goes on (SIGCONT): an {@code OK} without {@code INVOKE}. */
    THAW,
    /** A fault ({@code key} its name, {@code value} its target) begins with {@code INVOKE} and is healed with {@code OK}; {@code FAIL}: it could not be injected. */
    FAULT,
    /** The run enters the phase named {@code key}: setup, faults, heal, recovered, final, end. */
    PHASE
}
