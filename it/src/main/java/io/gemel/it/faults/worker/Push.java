package io.gemel.it.faults.worker;

import io.gemel.it.faults.history.Seen;
import java.util.List;

/**
 * What a watcher in a client process was shown.
 *
 * @param nanos {@link System#nanoTime()} of the callback, comparable between the processes of one machine
 * @param client the client that watches
 * @param service namespace/group/service
 * @param server host:port of the server that its session was at
 * @param revision the view's
 * @param seen all instances
 */
public record Push(long nanos, String client, String service, String server, long revision, List<Seen> seen) {
    /** Copies the list. */
    public Push {
        seen = List.copyOf(seen);
    }
}
