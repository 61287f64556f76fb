package io.gemel.consistency.cluster;

import io.gemel.naming.Member;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which peers are alive, from when they were last heard of on the monotonic clock. Confined to the naming loop.
 *
 * <p>A peer that was never heard of is unknown until it could have been declared down, so that a starting node waits for it.
 * The members may change at any time, on any thread: each question is answered by those of the moment.
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
    private List<Member> followed = List.of();

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
        List<Member> all = members.all();
        if (all.equals(followed)) {
            return;
        }
        followed = all;
        Set<String> peers = all.stream()
                .map(Member::id)
                .filter(id -> !id.equals(members.self().id()))
                .collect(Collectors.toSet());
        peers.forEach(peer -> awaitedSinceNanos.putIfAbsent(peer, ticker.nanos()));
        awaitedSinceNanos.keySet().retainAll(peers);
        heardNanos.keySet().retainAll(peers);
    }

    /** A message of {@code peer} arrived. Who is not a peer is not listened to. */
    public void heard(String peer) {
        if (members.peer(peer).isPresent()) {
            heardNanos.put(peer, ticker.nanos());
        }
    }

    /** {@code peer} answers, but does not know this node as a member, or no longer: it is no help, and it is not down. */
    public void refused(String peer) {
        if (members.peer(peer).isPresent()) {
            heardNanos.remove(peer);
            awaitedSinceNanos.put(peer, ticker.nanos());
        }
    }

    /** This node itself was stopped until now, for so long: in that time nobody was silent. */
    public void stoodStill(Duration time) {
        long now = ticker.nanos();
        heardNanos.replaceAll((peer, heard) -> later(heard, time, now));
        awaitedSinceNanos.replaceAll((peer, since) -> later(since, time, now));
    }

    private static long later(long nanos, Duration time, long now) {
        long later = nanos + time.toNanos();
        return later - now > 0 ? now : later;
    }

    /**
     * What is thought of {@code peer} now. Who is not a peer is down. To a node that was removed every peer is unknown: that it
     * hears nothing of them is no sign.
     */
    public State state(String peer) {
        if (members.peer(peer).isEmpty()) {
            return State.DOWN;
        }
        if (!members.present()) {
            return State.UNKNOWN;
        }
        Long heard = heardNanos.get(peer);
        long since = heard == null ? awaitedSinceNanos.computeIfAbsent(peer, p -> ticker.nanos()) : heard;
        long silent = ticker.nanos() - since;
        if (silent >= downAfter.toNanos()) {
            return State.DOWN;
        }
        if (heard == null) {
            return State.UNKNOWN;
        }
        return silent >= suspectAfter.toNanos() ? State.SUSPECT : State.ALIVE;
    }

    /** Whether more than half of the members that vote, this node included if it does, are not down as far as it can see. */
    public boolean seesMajority() {
        List<Member> voters = members.voters();
        return voters.stream().filter(this::reachable).count() > voters.size() / 2;
    }

    private boolean reachable(Member voter) {
        if (voter.id().equals(members.self().id())) {
            return true;
        }
        State state = state(voter.id());
        return state == State.ALIVE || state == State.SUSPECT;
    }
}
