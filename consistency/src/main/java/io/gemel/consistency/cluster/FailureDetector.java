package io.gemel.consistency.cluster;

import io.gemel.naming.Member;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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

    private final Members members;
    private final Ticker ticker;
    private final Duration suspectAfter;
    private final Duration downAfter;
    private final Map<String, Long> heardNanos = new HashMap<>();
    private final Map<String, Long> awaitedSinceNanos = new HashMap<>();

    /** Watches whoever are the peers of {@code members} at the time. */
    public FailureDetector(Members members, Ticker ticker, Duration suspectAfter, Duration downAfter) {
        this.members = members;
        this.ticker = ticker;
        this.suspectAfter = suspectAfter;
        this.downAfter = downAfter;
        follow();
    }

    /** Begins to wait for peers that are new, and forgets those that are none any more. */
    public void follow() {
        Set<String> peers = members.peers().stream().map(Member::id).collect(Collectors.toSet());
        peers.forEach(peer -> awaitedSinceNanos.putIfAbsent(peer, ticker.nanos()));
        awaitedSinceNanos.keySet().retainAll(peers);
        heardNanos.keySet().retainAll(peers);
    }

    /** A message of {@code peer} arrived. */
    public void heard(String peer) {
        heardNanos.put(peer, ticker.nanos());
    }

    /** What is thought of {@code peer} now; who is not a peer is down. */
    public State state(String peer) {
        Long heard = heardNanos.get(peer);
        Long since = heard == null ? awaitedSinceNanos.get(peer) : heard;
        if (since == null) {
            return State.DOWN;
        }
        long silent = ticker.nanos() - since;
        if (silent >= downAfter.toNanos()) {
            return State.DOWN;
        }
        if (heard == null) {
            return State.UNKNOWN;
        }
        return silent >= suspectAfter.toNanos() ? State.SUSPECT : State.ALIVE;
    }

    /** How many of the members that vote are not down as far as this node can see, itself included. */
    public int reachable() {
        int count = 0;
        for (Member member : members.all()) {
            if (members.votes(member.id()) && reachable(member.id())) {
                count++;
            }
        }
        return count;
    }

    private boolean reachable(String id) {
        State state = id.equals(members.self().id()) ? State.ALIVE : state(id);
        return state == State.ALIVE || state == State.SUSPECT;
    }
}
