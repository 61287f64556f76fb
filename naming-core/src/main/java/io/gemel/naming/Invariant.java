package io.gemel.naming;

import com.google.errorprone.annotations.FormatMethod;

/** Checks what must hold if our own code is right. Always on: a node stops rather than serve a broken registry. */
public final class Invariant {
    private Invariant() {}

    /** Throws {@link AssertionError} unless {@code holds}. For our bugs, never for input. */
    @FormatMethod
    public static void check(boolean holds, String message, Object... args) {
        if (!holds) {
            throw new AssertionError(message.formatted(args));
        }
    }
}
