package io.gemel.it.faults.stage;

import io.gemel.naming.NodeStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** One server: a process that can be ended in any way and started again on its addresses and its disk. Thread-safe. */
public interface ServerNode {
    /** Its node id, which is also its host's name in {@link Network}. */
    String id();

    /** host:port of its client door, as clients reach it now. */
    String clientAddress();

    /** Whether its client door is, or ever was, at {@code address}. */
    boolean knownAt(String address);

    /** Its own directory, for logs and control files; survives everything. */
    Path dir();

    /** Where it keeps its data; below {@link Disk#dir()}. */
    Path dataDir();

    /** What its data lies on. */
    Disk disk();

    /** Its log (stderr) over all its starts. */
    Path log();

    /** Its process; empty if none runs. */
    OptionalLong pid();

    /** How often it was started. */
    int starts();

    /** Whether its process runs, frozen or not. */
    boolean alive();

    /** Starts it, if it does not run. Does not wait until it is ready. */
    void start();

    /** Waits until it says that it is ready; whether it did in time. */
    boolean awaitReady(Duration limit);

    /** SIGKILL, and waits until it is gone. Nothing if it does not run. */
    void kill();

    /** SIGTERM, and waits for its end; its exit code, or empty if it had to be killed after {@code limit}. */
    Optional<Integer> terminate(Duration limit);

    /** Waits until its process ended by itself; whether it did in time. */
    boolean awaitEnd(Duration limit);

    /** SIGSTOP. */
    void freeze();

    /** SIGCONT. */
    void thaw();

    /** Deletes its data. Its process must not run. Its command line then says where the others are now. */
    void wipe();

    /**
     * Moves it to other ports for servers and for Raft, and now and then to another address of its host. Its process must not run. Only
     * its own command line tells of it.
     */
    void move();

    /** What it says of itself; empty if it does not answer within a second. */
    Optional<NodeStatus> status();
}
