package io.gemel.transport.nacos;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The times by which Nacos clients tell a newer view from an older one, in milliseconds.
 *
 * <p>They never go back on one server. A client that moves to another server, whose clock is behind, shows what it is told there but tells its
 * listeners of nothing until that clock has caught up: it is the protocol that asks for a time of day. Thread-safe.
 */
final class RefTime {
    private final InstantSource clock;
    private final AtomicLong last = new AtomicLong();

    RefTime(InstantSource clock) {
        this.clock = clock;
    }

    /** The time of a message that is made now. */
    long next() {
        return last.accumulateAndGet(clock.millis(), Math::max);
    }
}
