package io.gemel.it.faults.stage;

import io.gemel.it.faults.worker.Worker;
import java.util.List;
import java.util.Optional;

/** What runs in a run, for workloads to use and nemeses to harm. */
public interface Stage extends AutoCloseable {
    /** All servers, s1 and on. */
    List<ServerNode> servers();

    /** The server {@code id}, which must exist. */
    ServerNode server(String id);

    /** The server that a majority follows as leader, as far as the servers say now. */
    Optional<ServerNode> leader();

    /** The links between servers, and to the clients' hosts. */
    Network network();

    /** All client processes that were started and not closed, by their order of start. */
    List<Worker> workers();

    /** Starts a client process named {@code name} on a host of the same name (c1, c2, …). */
    Worker startWorker(String name);

    /** Ends everything and frees all it took. */
    @Override
    void close();
}
