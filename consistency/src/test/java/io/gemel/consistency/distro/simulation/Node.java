package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.cluster.Members;
import java.util.function.Consumer;

/** A machine that runs a server now and again. Who the members are, it has on its disk. */
final class Node {
    private final int number;
    private final Host host;
    private final Members members;
    private SimulatedServer server;
    private boolean stopping;
    private boolean leaves;
    private long incarnation;
    private long startedNanos;

    @SuppressWarnings("NullAway") // started before anyone asks
    Node(int number, Host host, Members members) {
        this.number = number;
        this.host = host;
        this.members = members;
    }

    /** From 1 up. */
    int number() {
        return number;
    }

    String id() {
        return host.name();
    }

    Host host() {
        return host;
    }

    /** Who the members are as far as it knows. */
    Members members() {
        return members;
    }

    SimulatedServer server() {
        return server;
    }

    long incarnation() {
        return incarnation;
    }

    /** When its present life, or its last one, began. */
    long startedNanos() {
        return startedNanos;
    }

    boolean up() {
        return host.alive();
    }

    boolean awake() {
        return host.alive() && !host.frozen();
    }

    /** Whether it is about to end by itself. */
    boolean stopping() {
        return stopping;
    }

    /** Its next life. */
    void start(Network network, SimulatedServer.Settings settings, Consumer<Throwable> broken) {
        network.begin(host);
        stopping = false;
        startedNanos = network.timeline().now();
        server = new SimulatedServer(network, host, members, ++incarnation, settings, broken);
        sendClientsAwayIfItLeaves();
    }

    /** Asks its clients to move, and runs {@code then} when it has closed everything. */
    void stop(Runnable then) {
        stopping = true;
        server.stop(then);
    }

    /** It learns that it is about to be removed, or was. */
    void leaves() {
        leaves = true;
        sendClientsAwayIfItLeaves();
    }

    private void sendClientsAwayIfItLeaves() {
        if (leaves) {
            server.drain();
        }
    }

    @Override
    public String toString() {
        return host.name();
    }
}
