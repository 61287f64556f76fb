package io.gemel.consistency.raft;

import io.gemel.consistency.wire.StandingResponse;
import io.gemel.consistency.wire.StandingResponse.Standing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this member may help to elect leaders.
 *
 * <p>One that starts with an empty directory may have had another: it may have voted, and its copy may have been one of the
 * majority that made a write acknowledged. If it voted now, together with a member that lags, it could elect a leader that
 * lacks acknowledged writes. So it asks the others first, and there are two ways:
 *
 * <ul>
 *   <li>All of them are new as well: this is a new cluster, and it takes part at once. That must be all, because any that
 *       cannot be asked may be the one that knows better.
 *   <li>Enough of them took part in elections before: so many that among them is one of every majority that this member can
 *       have been in. From then on it accepts entries, but only from leaders of no older term than those know; and votes
 *       only once it has stored all that such a leader had committed. That is the recovery of Viewstamped Replication
 *       (Liskov and Cowling, 2012, section 4.3), whose argument holds for Raft's terms.
 * </ul>
 *
 * <p>One that joins a cluster that runs goes the second way only, so that nothing is asked of whoever starts it anew with an
 * empty directory in the middle of that.
 *
 * <p>What was found is on disk before it is acted on, so that a restart changes nothing. Thread-safe.
 */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final String JOINING = "joining";
    private static final String REJOINING = "rejoining";
    private static final String MEMBER = "member";

    private final CheckedLine line;
    private final Supplier<Set<String>> voters;
    private final Map<String, StandingResponse> answers = new TreeMap<>();
    private boolean joining;
    private boolean rejoining;
    private boolean member;
    private boolean open;
    private long termLeast;
    private long voteAfterTerm;

    private Admission(CheckedLine line, Supplier<Set<String>> voters) {
        this.line = line;
        this.voters = voters;
    }

    /**
     * What is known from the last run.
     *
     * @param voters the ids of the others that vote, as far as this node knows now
     * @param blank whether this member's other files are those of one that never took part
     * @param joins whether it is to join a cluster that runs, should it be new
     * @throws IOException if the file is damaged
     */
    static Admission open(Path dataDir, Supplier<Set<String>> voters, boolean blank, boolean joins) throws IOException {
        Admission admission = new Admission(new CheckedLine(dataDir.resolve("raft.standing")), voters);
        Optional<List<String>> words = admission.line.read();
        if (words.isPresent() && words.get().get(0).equals(REJOINING)) {
            admission.rejoining = true;
        } else if (words.isPresent() && words.get().get(0).equals(JOINING)) {
            admission.joining = true;
        } else if (words.isEmpty() && blank && joins) {
            admission.line.write(List.of(JOINING, "0"));
            admission.joining = true;
        } else if (words.isPresent()) {
            admission.member = true;
            admission.voteAfterTerm = Long.parseLong(words.get().get(1));
        } else {
            admission.member = !blank || voters.get().isEmpty();
        }
        admission.open = admission.member;
        return admission;
    }

    /** What others are told that ask, {@code term} being the newest that this member knows. */
    synchronized StandingResponse standing(long term) {
        Standing standing;
        if (rejoining || joining) {
            standing = Standing.STANDING_REJOINING;
        } else if (term == 0) {
            standing = Standing.STANDING_NEW; // also when founding is decided: others may still have to find it out
        } else {
            standing = Standing.STANDING_MEMBER;
        }
        return StandingResponse.newBuilder().setStanding(standing).setTerm(term).build();
    }

    /** Whether this member is one of those that may found a cluster, which know its configuration without having been told. */
    synchronized boolean founds() {
        return !joining && !rejoining;
    }

    /** Which peers should be asked, again and again. */
    synchronized Set<String> unknown() {
        return open ? Set.of() : Set.copyOf(voters.get());
    }

    /** What {@code peer} answered. Throws {@link IOException} if what follows from it cannot be written down. */
    synchronized void heard(String peer, StandingResponse answer) throws IOException {
        Set<String> peers = voters.get();
        if (open || !peers.contains(peer)) {
            return;
        }
        answers.put(peer, answer);
        answers.keySet().retainAll(peers);
        List<StandingResponse> members = answers.values().stream()
                .filter(known -> known.getStanding() == Standing.STANDING_MEMBER)
                .toList();
        boolean allNew = founds()
                && answers.size() == peers.size()
                && answers.values().stream().allMatch(known -> known.getStanding() == Standing.STANDING_NEW);
        if (allNew) {
            become(MEMBER, 0);
            LOG.info("raft: a new cluster of {} members", peers.size() + 1);
        } else if (members.size() >= enough(peers.size() + 1)) {
            termLeast =
                    members.stream().mapToLong(StandingResponse::getTerm).max().orElse(0);
            LOG.info("raft: empty directory in a cluster that is not; no vote before all is here term={}", termLeast);
            become(REJOINING, termLeast);
        }
    }

    /** Any past majority with this member in it has n/2 others; of n - 1 others, so many have one of those among them. */
    private static int enough(int all) {
        return all - all / 2;
    }

    /** All that a leader had committed is stored here, in the term that this member knows now. */
    synchronized void complete(long term) throws IOException {
        if (open && !member) {
            become(MEMBER, term);
            LOG.info("raft: votes again term={}", term);
        }
    }

    private void become(String word, long term) throws IOException {
        line.write(List.of(word, Long.toString(term)));
        joining = false;
        rejoining = word.equals(REJOINING);
        member = !rejoining;
        voteAfterTerm = member ? term : Long.MAX_VALUE;
        open = true;
        answers.clear();
    }

    /** Whether entries and snapshots of a leader of {@code term} may be taken. */
    synchronized boolean accepts(long term) {
        return open && term >= termLeast;
    }

    /** The term below which no leader is listened to. */
    synchronized long termLeast() {
        return termLeast;
    }

    /** Whether a vote may be given to others in {@code term}: it may not be one in which it may have been given before. */
    synchronized boolean votes(long term) {
        return member && term > voteAfterTerm;
    }

    /** Whether this member may stand for election. */
    synchronized boolean stands() {
        return member;
    }

    /** Whether it takes entries, but no part in elections yet. */
    synchronized boolean rejoins() {
        return open && !member;
    }

    /** Why this member takes no part yet; empty if it does. */
    synchronized Optional<String> waitsFor() {
        if (member) {
            return Optional.empty();
        }
        if (open) {
            return Optional.of("its directory was empty; catching up before it may vote");
        }
        String missing = new TreeSet<>(voters.get())
                .stream().filter(peer -> !answers.containsKey(peer)).collect(Collectors.joining(", "));
        String found = answers.entrySet().stream()
                .map(answer -> answer.getKey() + " is " + word(answer.getValue()))
                .collect(Collectors.joining(", "));
        return Optional.of((joining
                        ? "joins; asks the others"
                        : "its directory is empty; asks the others whether this is a new cluster")
                + (missing.isEmpty() ? "" : "; no answer from " + missing)
                + (found.isEmpty() ? "" : "; " + found));
    }

    private static String word(StandingResponse answer) {
        return switch (answer.getStanding()) {
            case STANDING_NEW -> "new";
            case STANDING_REJOINING -> "rejoining with an empty directory too";
            case STANDING_MEMBER -> "a member";
            case STANDING_UNSPECIFIED, UNRECOGNIZED -> "of another version";
        };
    }
}
