package io.gemel.it.faults.agent.inside;

/** Ends a process into which something cannot be woven: to go on without it would prove nothing. */
final class Refusal {
    /** The exit code of such a process. */
    static final int EXIT_CODE = 97;

    private Refusal() {}

    /** Does not return; {@code throw} what it promises to return, so that the compiler sees that. */
    static IllegalStateException of(String cause) {
        Voice.say("error " + cause);
        Runtime.getRuntime().halt(EXIT_CODE);
        return new IllegalStateException(cause);
    }
}
