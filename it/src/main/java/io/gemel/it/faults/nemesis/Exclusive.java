package io.gemel.it.faults.nemesis;

/** An injection that works only if no other of its claim is in force: of two such faults that would overlap, a schedule keeps one. */
public interface Exclusive extends Injection {
    /** The claim of a fault that is safe only while no other fault at all is in force. */
    String EVERYTHING = "everything";

    /** What it needs to have for itself, such as the cuts of the network. */
    String claim();
}
