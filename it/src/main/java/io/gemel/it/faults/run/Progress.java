package io.gemel.it.faults.run;

import io.gemel.it.faults.workload.Recorder;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Tells whoever waits what is going on, in lines with the time since the run began. Thread-safe. */
final class Progress {
    private final PrintWriter out;
    private final boolean quiet;
    private final long begin = System.nanoTime();
    private final Set<String> inForce = new ConcurrentSkipListSet<>();
    private volatile String phase = "";
    private long lastDone;
    private long lastNanos = begin;

    /** Prints to {@code out}; nothing if {@code quiet}. */
    Progress(PrintWriter out, boolean quiet) {
        this.out = out;
        this.quiet = quiet;
    }

    synchronized void line(String text) {
        if (!quiet) {
            out.printf(Locale.ROOT, "%7.1f s  %s%n", (System.nanoTime() - begin) / 1e9, text);
            out.flush();
        }
    }

    /** The run enters a phase. */
    void phase(String name, String explanation) {
        phase = name;
        line(name + ": " + explanation);
    }

    /** A fault is in force. */
    void fault(String what) {
        inForce.add(what);
        line("+ " + what);
    }

    /** A fault is healed. */
    void healed(String what) {
        if (inForce.remove(what)) {
            line("- " + what);
        }
    }

    /** How far the operations are. */
    synchronized void counts(Recorder.Counts counts) {
        long now = System.nanoTime();
        long done = counts.ok() + counts.fail() + counts.info();
        if (done == lastDone && inForce.isEmpty()) {
            return;
        }
        double rate = (done - lastDone) / ((now - lastNanos) / 1e9);
        lastDone = done;
        lastNanos = now;
        line("%s: %.0f ops/s; %d ok, %d failed, %d unknown%s"
                .formatted(
                        phase,
                        rate,
                        counts.ok(),
                        counts.fail(),
                        counts.info(),
                        inForce.isEmpty() ? "" : "; in force: " + String.join("; ", inForce)));
    }
}
