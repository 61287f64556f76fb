package io.gemel.it.faults.stage;

import java.util.List;

/** Sends signals that Java has no method for. */
final class Signal {
    private Signal() {}

    /** Sends {@code signal} (STOP, CONT) to a process; nothing if it is gone. */
    static void send(String signal, long pid) {
        Tool.Ended ended = Tool.attempt(List.of("kill", "-" + signal, Long.toString(pid)), "");
        if (!ended.well()
                && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
            throw new IllegalStateException("cannot send %s to %d: %s"
                    .formatted(signal, pid, ended.output().strip()));
        }
    }
}
