package io.gemel.it.faults.workload;

/** A workload at work. Thread-safe. */
public interface Activity {
    /** Begins nothing more. What is under way goes on; clients that live stay alive. */
    void settle();

    /** Whether nothing is under way, and every server shows what living clients hold and nothing else. */
    boolean atRest();

    /** Reads everything at every server. Blocks until all was answered, or given up. */
    void readAll();

    /** What it still waits for, in a few words for people; empty if {@link #atRest}. */
    String unrest();
}
