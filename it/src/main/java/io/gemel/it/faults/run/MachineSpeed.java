package io.gemel.it.faults.run;

import io.gemel.client.ClientOptions;
import io.gemel.it.faults.check.Bounds;
import io.gemel.transport.grpc.DoorServer;
import java.time.Duration;

/** What servers with the settings of a run promise of time, stretched by how slow the machine is just now. */
final class MachineSpeed {
    /** Three servers from nothing to ready, where nothing else runs: the measure of a machine. */
    private static final Duration USUAL_START = Duration.ofSeconds(4);

    private static final double FACTOR_MAX = 6;

    /** A registration is with peers at once; if that message was lost, their digests show it. */
    private static final Duration SYNC = Duration.ofSeconds(2);

    /**
     * Keepalive (8 s), then the resume window (2 s); if the server dies too: down (3 s), grace (5 s). And what a client that lost its server
     * needs to be lost itself.
     */
    private static final Duration GONE = Duration.ofSeconds(15);

    /** Peers dial again after at most a few seconds, a node is down after 3 s and its clients have 5 s to come back. */
    private static final Duration CONVERGE = Duration.ofSeconds(10);

    /** A server starts within two seconds, and a leader is elected within two more; the last one to start needs both. */
    private static final Duration RECOVER = Duration.ofSeconds(10);

    /**
     * Whoever was asked for a sign of life just before he stood still has this long to give it. Clients ask as servers do, and ask
     * themselves how long it was once they go on.
     */
    private static final Duration UNNOTICED = shorter(
            DoorServer.KEEPALIVE.minus(DoorServer.asksAfter(DoorServer.KEEPALIVE)),
            ClientOptions.of("127.0.0.1:1").keepAlive());

    private MachineSpeed() {}

    /** How much longer all takes than where nothing else runs: at least 1. */
    static double factor(Duration start) {
        return Math.max(1, Math.min(FACTOR_MAX, (double) start.toMillis() / USUAL_START.toMillis()));
    }

    /** The bounds on such a machine, on which a thread once had to wait {@code delay} for its turn. */
    static Bounds bounds(double factor, Duration delay) {
        return new Bounds(
                stretch(SYNC, factor, delay),
                stretch(GONE, factor, delay),
                stretch(CONVERGE, factor, delay),
                stretch(RECOVER, factor, delay),
                shrink(UNNOTICED, factor, delay));
    }

    /** What must be over by a deadline of the servers' must begin the earlier, the slower all is. */
    private static Duration shrink(Duration usual, double factor, Duration delay) {
        Duration left = Duration.ofMillis(Math.round(usual.toMillis() / factor)).minus(delay);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration stretch(Duration usual, double factor, Duration delay) {
        return Duration.ofMillis(Math.round(usual.toMillis() * factor)).plus(delay);
    }
}
