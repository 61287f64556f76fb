package io.gemel.it.faults.agent.inside;

import java.util.OptionalInt;

/**
 * Where a twist goes.
 *
 * @param type the class's binary name
 * @param method its name; {@code <init>} for a constructor
 * @param parameters how many it has; empty if it is the only one of its name
 */
record Weave(String type, String method, OptionalInt parameters, Twist twist) {
    private static final String ROOT = "io.gemel.";

    /** Into one of Gemel's classes, named from its root package on. */
    static Weave into(String type, String method, Twist twist) {
        return library(ROOT + type, method, twist);
    }

    /** Into a class of a library. */
    static Weave library(String type, String method, Twist twist) {
        return new Weave(type, method, OptionalInt.empty(), twist);
    }

    /** Into that of several methods of the same name that has so many parameters. */
    Weave taking(int number) {
        return new Weave(type, method, OptionalInt.of(number), twist);
    }

    @Override
    public String toString() {
        return type + "." + method;
    }
}
