package io.gemel.it.faults.stage;

import io.gemel.it.faults.worker.WorkerProcess;
import java.util.List;
import java.util.Optional;

/** A network as a stage builds it, host by host. */
interface Wiring extends Network {
    /** Where the harness reaches {@code server}, and where that listens now: an address without a port. */
    String address(String server);

    /** What the list of members calls {@code server}'s host. */
    String memberHost(String server);

    /** The ports that {@code server} listens at now. */
    Ports ports(String server);

    /** Gives {@code server} other ports for servers and for Raft, and another address if its host has one. */
    void move(String server);

    /** Adds the host of a server that comes later. */
    void addServer(String host);

    /** Adds the host of a client process. */
    void addClient(String host);

    /** What a JVM on {@code host} needs to see the others. */
    List<String> jvmOptions(String host);

    /** What servers are called on a client's host. */
    WorkerProcess.Addresses addresses(String host);

    /** The ports of a server, by door. */
    record Ports(int client, int server, int raft) {}

    /** How a member is listed. */
    default String member(String server) {
        Ports ports = ports(server);
        return "%s=%s:%d/%d/%d".formatted(server, memberHost(server), ports.client(), ports.server(), ports.raft());
    }

    /** The number of a host: 1 for s1, 101 for c1; empty if it is named otherwise. */
    static Optional<Integer> number(String host) {
        if (!host.matches("[sc]\\d{1,3}")) {
            return Optional.empty();
        }
        int number = Integer.parseInt(host.substring(1));
        boolean server = host.startsWith("s");
        return number < 1 || number > (server ? 99 : 150)
                ? Optional.empty()
                : Optional.of(server ? number : 100 + number);
    }

    /** As {@link #number}, for a host that must be named so. */
    static int numberOf(String host) {
        return number(host)
                .orElseThrow(() -> new IllegalArgumentException("host: " + host + " (expected: s1..s99 or c1..c150)"));
    }
}
