package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Publications;
import io.gemel.naming.Ticker;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When this node itself was stopped, as the machine that it runs on may be. Confined to the naming loop.
 *
 * <p>One that was stopped for so long that its peers dropped its origin does not know which of its clients have died meanwhile. It neither sends
 * that origin anew nor answers queries until the sessions of those have run out, and what else kept them is withdrawn: they would come back to
 * life for a moment, everywhere.
 */
final class Standstill {
    /** Lost sessions are closed by a timer of their own, a little later than they are due. */
    private static final Duration MARGIN = Duration.ofMillis(300);

    /** A heartbeat is due every five seconds, and a Nacos client without a connection is back within six; who was not heard of by then is waited for no longer. */
    private static final Duration SETTLE_MAX = Duration.ofSeconds(7);

    /** Several ticks: who missed those was stopped. */
    private static final Duration STOPPED_AFTER = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(Standstill.class);

    private final Members members;
    private final DistroConfig config;
    private final Ticker ticker;
    private final Publications publications;
    private long lastNanos;
    private boolean everForLong;
    private long untilNanos; // the last time for long
    private boolean settling;

    Standstill(Members members, DistroConfig config, Ticker ticker, Publications publications) {
        this.members = members;
        this.config = config;
        this.ticker = ticker;
        this.publications = publications;
        this.lastNanos = ticker.nanos();
    }

    /** For how long this node was stopped until now; zero if it was not. Called with each tick, and before anything that a stop must not be mistaken in. */
    Duration notice() {
        long now = ticker.nanos();
        Duration since = Duration.ofNanos(now - lastNanos);
        lastNanos = now;
        if (since.compareTo(config.droppedAfter()) >= 0 && !members.peers().isEmpty()) {
            log.warn("this node was stopped for={} sessions are looked through", since);
            everForLong = true;
            untilNanos = now;
            settling = true;
        }
        settling &= settlesFor(now - untilNanos);
        return since.compareTo(STOPPED_AFTER) >= 0 ? since : Duration.ZERO;
    }

    private boolean settlesFor(long nanos) {
        return nanos < config.resumeWindow().plus(MARGIN).toNanos()
                || (nanos < SETTLE_MAX.toNanos() && publications.undecided());
    }

    /** A peer has nothing of this node's origin. If that was stopped for long, it was dropped, and what nobody has been heard of since goes here, too. */
    void droppedElsewhere() {
        if (everForLong) {
            publications.droppedElsewhere(untilNanos);
        }
    }

    /** Whether this node was stopped just now, and does not yet know which of its clients live. */
    boolean settling() {
        return settling;
    }
}
