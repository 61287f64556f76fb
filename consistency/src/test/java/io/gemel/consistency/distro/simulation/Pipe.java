package io.gemel.consistency.distro.simulation;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One direction of a connection: what is put in comes out in order, each after a delay, or once a cut is healed. */
final class Pipe {
    private final Network network;
    private final Host from;
    private final Host to;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private long lastArrival;
    private long sent;
    private long stalledAt;
    private Timeline.@Nullable Planned head;
    private boolean stalled;
    private boolean abandoned;
    private boolean closed;

    /** What is on its way, and when it arrives. */
    private record Frame(long arrival, Runnable delivery) {}

    Pipe(Network network, Host from, Host to) {
        this.network = network;
        this.from = from;
        this.to = to;
    }

    /** Runs {@code delivery} at the other host, after all that was sent before. */
    void send(Runnable delivery) {
        if (closed) {
            return;
        }
        long now = network.timeline().now();
        lastArrival = Math.max(lastArrival, now + network.delay(from, to, sent++ & 7));
        frames.add(new Frame(lastArrival, delivery));
        planHead(lastArrival);
    }

    boolean goes(Host origin, Host target) {
        return from == origin && to == target;
    }

    long place() {
        return Network.place(from, to);
    }

    long stalledFor(long now) {
        return now - stalledAt;
    }

    void resume(long delay) {
        stalled = false;
        planHead(network.timeline().now() + delay);
    }

    /** The sending machine is without power: what is on its way arrives, what is held up by a cut nobody sends again. */
    void abandon() {
        abandoned = true;
        if (stalled) {
            close();
        }
    }

    /** Nothing comes out any more. */
    void close() {
        closed = true;
        frames.clear();
        if (head != null) {
            head.cancel();
        }
    }

    private void planHead(long at) {
        if (head == null && !stalled && !frames.isEmpty()) {
            head = network.timeline().at(Math.max(at, frames.element().arrival()), to, this::arrive);
        }
    }

    private void arrive() {
        head = null;
        if (closed) {
            return;
        }
        if (network.isCut(from, to)) {
            if (abandoned) {
                close();
                return;
            }
            stalled = true;
            stalledAt = network.timeline().now();
            network.stalled(this);
            return;
        }
        frames.remove().delivery().run();
        planHead(0);
    }
}
