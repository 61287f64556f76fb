package io.gemel.consistency.cluster;

import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which peers are alive, from when they were last heard of on the monotonic clock. Confined to the naming loop.
 *
 * <p>A peer that was never heard of is unknown until it could have been declared down, so that a starting node waits for it.
 */
public final class FailureDetector {
    /** What is thought of a peer. */
    public enum State {
        UNKNOWN,
        ALIVE,
        SUSPECT,
        DOWN
    }

    private final Ticker ticker;
    private final Duration suspectAfter;
    private final Duration downAfter;
    private final long startNanos;
    private final Map<String, Long> heardNanos = new LinkedHashMap<>();
    private final List<String> peers;

    /** Watches the peers of {@code members}. */
    public FailureDetector(Members members, Ticker ticker, Duration suspectAfter, Duration downAfter) {
        this.peers = members.peers().stream().map(Member::id).toList();
        this.ticker = ticker;
        this.suspectAfter = suspectAfter;
        this.downAfter = downAfter;
        this.startNanos = ticker.nanos();
    }

    /** A message of {@code peer} arrived. */
    public void heard(String peer) {
        heardNanos.put(peer, ticker.nanos());
    }

    /** What is thought of {@code peer} now. */
    public State state(String peer) {
        Long heard = heardNanos.get(peer);
        long silent = ticker.nanos() - (heard == null ? startNanos : heard);
        if (silent >= downAfter.toNanos()) {
            return State.DOWN;
        }
        if (heard == null) {
            return State.UNKNOWN;
        }
        return silent >= suspectAfter.toNanos() ? State.SUSPECT : State.ALIVE;
    }

    /** How many members are not down as far as this node can see, itself included. */
    public int reachable() {
        int count = 1;
        for (String peer : peers) {
            State state = state(peer);
            if (state == State.ALIVE || state == State.SUSPECT) {
                count++;
            }
        }
        return count;
    }
}
