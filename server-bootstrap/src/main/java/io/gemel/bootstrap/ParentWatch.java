package io.gemel.bootstrap;

import io.gemel.bootstrap.demo.ServerProcess;

/** Ends a process that the tour or a test started when its parent is gone, even if the parent had no time to say so. */
final class ParentWatch {
    private ParentWatch() {}

    /** Begins, if the process was started with its parent's id. */
    static void begin() {
        Long parent = Long.getLong(ServerProcess.PARENT_PROPERTY);
        if (parent == null) {
            return;
        }
        Runnable end = () -> Runtime.getRuntime().halt(1);
        ProcessHandle.of(parent)
                .ifPresentOrElse(
                        handle -> {
                            var unused = handle.onExit().thenRun(end);
                        },
                        end);
    }
}
