package io.gemel.it.faults.stage;

import io.gemel.it.faults.worker.Worker;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What runs in a run, for workloads to use and nemeses to harm. */
public interface Stage extends AutoCloseable {
    /** The servers that the cluster begins and ends with, s1 and on. */
    List<ServerNode> servers();

    /** Servers that came later and have not gone yet, by their coming. */
    List<ServerNode> guests();

    /** All servers, guests too. */
    default List<ServerNode> everyone() {
        return Stream.concat(servers().stream(), guests().stream()).toList();
    }

    /** The server {@code id}, which must exist, and may be a guest. */
    ServerNode server(String id);

    /**
     * Makes a server {@code id} with a host and a disk of its own, that joins the cluster once it is started. Throws
     * {@link IllegalStateException} if it cannot be made here.
     */
    ServerNode invite(String id);

    /** Ends the guest {@code id} for good, if it is there. Its host stays, and so do its files. */
    void dismiss(String id);

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
