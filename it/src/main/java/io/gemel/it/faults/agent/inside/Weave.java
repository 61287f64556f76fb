package io.gemel.it.faults.agent.inside;

/**
 * Where a twist goes.
 *
 * @param type the class's binary name
 * @param method its name, of which the class must have exactly one; {@code <init>} for its only constructor
 */
record Weave(String type, String method, Twist twist) {
    private static final String ROOT = "io.gemel.";

    /** Into one of Gemel's classes, named from its root package on. */
    static Weave into(String type, String method, Twist twist) {
        return new Weave(ROOT + type, method, twist);
    }

    @Override
    public String toString() {
        return type + "." + method;
    }
}
