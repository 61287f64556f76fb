package io.gemel.bootstrap.cli;

/** What to do when the process is asked to end, by Ctrl-C or SIGTERM. */
public final class ExitHook {
    private ExitHook() {}

    /** Runs {@code task} then; the process ends after it, with the exit code of a signal. */
    public static void run(Runnable task) {
        Runtime.getRuntime().addShutdownHook(new Thread(task, "gemel-exit"));
    }

    /** Runs {@code task} then; the process ends after it with exit code 0, because to be asked to end is no failure. */
    public static void runThenExitCleanly(Runnable task) {
        run(() -> {
            task.run();
            System.out.flush();
            System.err.flush();
            Runtime.getRuntime().halt(0);
        });
    }
}
