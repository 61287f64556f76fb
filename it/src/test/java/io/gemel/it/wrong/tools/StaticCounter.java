package io.gemel.it.wrong.tools;

/** Wrong: state without an owner. */
final class StaticCounter {
    static int count;

    private StaticCounter() {}
}
