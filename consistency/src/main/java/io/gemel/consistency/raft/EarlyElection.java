package io.gemel.consistency.raft;

import io.gemel.consistency.raft.Leadership.Known;
import io.gemel.consistency.raft.PeerLink.Sign;
import io.gemel.consistency.raft.VoteFile.Vote;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Has this node stand for election at once when the leader's process is gone, instead of after the election timeout.
 *
 * <p>When a process ends, however it does, the system under it ends its connections and refuses new ones. So a follower that loses
 * its link to the leader asks once more. Only if that is <em>refused</em>, and the leader's own connections to this node have ended
 * too, is the leader gone. Silence means nothing: a leader that is cut off, frozen or overloaded is left to the election timeout,
 * and the last two do not even lose a link, because their system goes on to acknowledge and to accept for them. So load causes no
 * election.
 *
 * <p>Nor could a mistake cost more than an election: whom the others elect, and that a leader has all that is committed, is Raft's
 * affair alone. A member may begin an election whenever it likes; this chooses the moment, by the way of a handover of the lead
 * (TimeoutNow: Ongaro, Consensus: Bridging Theory and Practice, 2014, section 3.10), which asks for votes without finding out
 * first whether others still hear the leader (section 4.2.3 allows that to whoever knows that the leader expects it).
 *
 * <p>Followers notice at the same time, and each would vote for itself. So they stand in the order of their ids, {@link #TURN} apart.
 * Who has voted for another by then does not stand; who had to refuse its vote, because it has more of the log, stands soon after.
 *
 * <p>What is decided is decided on one thread, {@link Candidate#execute}'s.
 */
final class EarlyElection implements RaftLinks.Watcher {
    /** Longer than three syncs and a round trip take on a busy machine; shorter than an election timeout. */
    static final Duration TURN = Duration.ofMillis(250);

    /** How long one that was refused this node's vote may still turn out to have been elected by others. */
    static final Duration REFUSED = Duration.ofMillis(40);

    /** A system ends what its process had one by one, so the first answer may be the last of a connection that ends. */
    static final int QUESTIONS_MAX = 5;

    private final String self;
    private final Leadership leadership;
    private final Supplier<List<String>> candidates;
    private final Candidate candidate;
    private final Ticker ticker;
    private final AtomicBoolean stepping = new AtomicBoolean();
    private volatile Known watched = new Known(0, "");
    private volatile Phase phase = Phase.QUIET;
    private int questions;
    private long turnNanos;
    private boolean refusing;

    /** What is thought of the watched leader. */
    private enum Phase {
        /** Nothing speaks against it. */
        QUIET,
        /** The link was lost; it is to be asked. */
        LOST,
        /** It is being asked. */
        ASKED,
        /** It is gone; this node waits for its turn to stand. */
        GONE,
        /** This node had its turn. */
        DONE
    }

    /** What this node knows of its peers by itself, and does. */
    interface Candidate {
        /** Runs {@code task} after those before it, one at a time, on a thread that may wait for the disk; never, once this node stops. */
        void execute(Runnable task);

        /** Connects to {@code peer}, which then connects to this node as well. */
        void greet(String peer);

        /** Asks {@code peer} for a sign of life, on a new connection if there is none. */
        CompletableFuture<Sign> ask(String peer);

        /** Whether this node has a connection to {@code peer}. */
        boolean reaches(String peer);

        /** Whether {@code peer} has a connection to this node. */
        boolean hears(String peer);

        /** The newest term that this node knows, and its vote there. */
        Vote vote();

        /** Ends {@code term} by standing for election, if this node may, and if it is the present term. */
        void stand(long term, String gone);
    }

    /** {@code candidates}: the ids of the members that may lead. */
    EarlyElection(
            String self, Leadership leadership, Supplier<List<String>> candidates, Candidate candidate, Ticker ticker) {
        this.self = self;
        this.leadership = leadership;
        this.candidates = candidates;
        this.candidate = candidate;
        this.ticker = ticker;
    }

    /** To be called now and then, by one thread. Whether soon again. */
    boolean tick() {
        boolean something = phase == Phase.LOST || phase == Phase.GONE || !followed(leadership.known());
        if (something && stepping.compareAndSet(false, true)) {
            candidate.execute(() -> {
                stepping.set(false);
                step();
            });
        }
        return something;
    }

    @Override
    public void ready(String peer) {
        candidate.execute(() -> {
            if (peer.equals(watched.leader())) {
                become(Phase.QUIET);
                questions = 0;
            }
        });
    }

    @Override
    public void lost(String peer) {
        candidate.execute(() -> {
            follow(leadership.known());
            if (peer.equals(watched.leader()) && phase == Phase.QUIET) {
                become(Phase.LOST);
                step();
            }
        });
    }

    /** No leader is no news: the one that was there may be the one that is gone. */
    private boolean followed(Known known) {
        return known.leader().isEmpty() || known.equals(watched);
    }

    private void follow(Known known) {
        if (!followed(known)) {
            watched = known;
            questions = 0;
            become(Phase.QUIET);
            if (!known.leader().equals(self)) {
                candidate.greet(known.leader());
                greetVoters();
            }
        }
    }

    /** An election should not have to wait for connections. */
    private void greetVoters() {
        candidates.get().stream()
                .filter(peer -> !peer.equals(self) && !peer.equals(watched.leader()))
                .forEach(candidate::greet);
    }

    private void step() {
        follow(leadership.known());
        if (phase == Phase.LOST) {
            ask();
        }
        if (phase == Phase.GONE) {
            await(candidate.vote());
        }
    }

    private void await(Vote vote) {
        boolean another = vote.term() > watched.term();
        if (another && vote.given()) {
            become(Phase.DONE);
            return;
        }
        if (another && !refusing) {
            refusing = true;
            turnNanos = Math.min(turnNanos - ticker.nanos(), REFUSED.toNanos()) + ticker.nanos();
        }
        long sinceTurn = ticker.nanos() - turnNanos;
        if (sinceTurn < 0 || candidate.hears(watched.leader())) {
            return;
        }
        if (reachesMajority()) {
            become(Phase.DONE);
            candidate.stand(vote.term(), watched.leader());
        } else if (sinceTurn >= TURN.toNanos()) {
            become(Phase.DONE);
        }
    }

    /** Without one it would be a candidate in vain, and until its vote timeout take part in no election that others could win. */
    private boolean reachesMajority() {
        List<String> all = candidates.get();
        long reached = all.stream()
                .filter(peer -> peer.equals(self) || candidate.reaches(peer))
                .count();
        return reached > all.size() / 2;
    }

    private void ask() {
        greetVoters();
        Known asked = watched;
        become(Phase.ASKED);
        questions++;
        var unused = candidate.ask(asked.leader()).thenAccept(sign -> candidate.execute(() -> answered(asked, sign)));
    }

    private void answered(Known asked, Sign sign) {
        if (!asked.equals(watched) || phase != Phase.ASKED) {
            return;
        }
        switch (sign) {
            case ANSWER -> become(Phase.QUIET);
            case NONE -> become(questions < QUESTIONS_MAX ? Phase.LOST : Phase.QUIET);
            case REFUSED -> refused();
        }
    }

    private void refused() {
        int rank = candidates.get().stream()
                .filter(peer -> !peer.equals(watched.leader()))
                .sorted()
                .toList()
                .indexOf(self);
        if (rank < 0) {
            become(Phase.DONE);
            return;
        }
        turnNanos = ticker.nanos() + rank * TURN.toNanos();
        refusing = false;
        become(Phase.GONE);
        step();
    }

    private void become(Phase next) {
        phase = next;
    }
}
