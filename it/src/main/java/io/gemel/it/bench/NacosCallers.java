package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.it.nacos.NacosClient;
import io.gemel.it.nacos.NacosLibraries;
import io.gemel.naming.ThreadLoop;
import io.gemel.naming.Ticker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Callers of nacos-client. It makes who calls it wait, so each caller is a thread; they share a few clients, each with a connection of its own
 * but with the same classes, as in one application. Closing it ends both.
 */
final class NacosCallers implements AutoCloseable {
    private static final String VERSION = "2.5";

    /** How far a server's HTTP port, which Nacos clients are given, is below its client port. */
    private static final int HTTP_OFFSET = 1_000;

    private static final int WAITING_MAX = 1_000;

    private final List<ThreadLoop> threads;
    private final List<NacosClient> clients;

    private NacosCallers(List<ThreadLoop> threads, List<NacosClient> clients) {
        this.threads = threads;
        this.clients = clients;
    }

    /** What one caller does at a time; it may throw. */
    @FunctionalInterface
    interface Work {
        /**
         * Calls {@code client}, and waits for the answer.
         *
         * @param sequence counts the calls of this caller
         */
        void call(NacosClient client, int caller, long sequence);
    }

    /** What has to be built before there can be any; empty if nothing. */
    static Optional<String> missing() {
        return NacosLibraries.built().missing(VERSION);
    }

    /** The classes of nacos-client, for all clients of a measure. */
    static ClassLoader classes() {
        return NacosLibraries.built().loader(VERSION);
    }

    /** A client that knows {@code node} alone. */
    static NacosClient client(ClassLoader classes, ServerProcess node) {
        String address = node.clientAddress();
        int colon = address.lastIndexOf(':');
        int port = Integer.parseInt(address.substring(colon + 1)) - HTTP_OFFSET;
        return new NacosClient(VERSION, classes, address.substring(0, colon) + ":" + port);
    }

    /** {@code callers} callers that share {@code clients} clients of {@code node}; a single one has one. */
    static NacosCallers of(Ticker ticker, ClassLoader classes, ServerProcess node, int callers, int clients) {
        List<NacosClient> connected = IntStream.range(0, Math.min(callers, clients))
                .mapToObj(i -> client(classes, node))
                .toList();
        List<ThreadLoop> threads = IntStream.range(0, callers)
                .mapToObj(i -> new ThreadLoop("caller-" + i, WAITING_MAX, ticker, failure -> {}))
                .toList();
        return new NacosCallers(threads, connected);
    }

    /** How many callers there are. */
    int count() {
        return threads.size();
    }

    /** How many clients they share. */
    int clients() {
        return clients.size();
    }

    /** Which of the clients {@code caller} calls. */
    int clientOf(int caller) {
        return caller % clients.size();
    }

    /** "1 caller" or "64 callers with 4 clients". */
    String who() {
        return Workload.who(threads.size(), clients);
    }

    /** A call that has the caller's thread do {@code work}. */
    ClosedLoop.Call call(Work work) {
        return (caller, sequence) -> CompletableFuture.runAsync(
                () -> work.call(clients.get(clientOf(caller)), caller, sequence), threads.get(caller)::execute);
    }

    @Override
    public void close() {
        clients.forEach(NacosClient::close);
        threads.forEach(ThreadLoop::close);
    }
}
