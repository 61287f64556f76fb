package com.alipay.sofa.jraft.util;

import java.util.List;

/**
 * Stands in for JRaft's class of this name, and leaves signals alone.
 *
 * <p>JRaft's own takes over SIGUSR2 even with no handler to call. The JVM suspends threads with that signal for Flight Recorder,
 * which without it sees no Java code at all.
 */
public final class SignalHelper {
    /** The signal that JRaft would handle. */
    public static final String SIG_USR2 = "USR2";

    private SignalHelper() {}

    /** Whether handlers can be added: never. */
    public static boolean supportSignal() {
        return false;
    }

    /** Adds none. */
    public static boolean addSignal(String name, List<JRaftSignalHandler> handlers) {
        return false;
    }
}
