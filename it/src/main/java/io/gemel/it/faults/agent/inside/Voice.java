package io.gemel.it.faults.agent.inside;

/** The agent's lines on the standard error of the process that it is in, which the harness keeps as that node's log. */
final class Voice {
    private static final String NAME = "faults-agent ";

    private Voice() {}

    static void say(String line) {
        System.err.println(NAME + line);
        System.err.flush();
    }
}
