package io.gemel.consistency.raft;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.StandingResponse;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.Readiness;
import io.gemel.naming.Ticker;
import io.grpc.BindableService;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When this node may answer queries about persistent instances: once it has seen all that was acknowledged before it
 * started. A node that started with an empty directory may vote from then on, too.
 *
 * <p>If no leader appears for {@link #PATIENCE}, it answers with what it has and says so: discovery must not depend on a
 * majority. A node that has nothing does not: an empty answer would be an artefact of its start. Confined to the naming loop.
 */
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration ASK_AGAIN = Duration.ofMillis(200);
    private static final Duration ANNOUNCE_AGAIN = Duration.ofSeconds(1);
    private static final Duration LEADERLESS = Duration.ofSeconds(1);
    private static final String PART = "raft";

    private final Readiness readiness;
    private final Members members;
    private final AgreedMembers agreed;
    private final Ticker ticker;
    private final StandingCalls calls;
    private final Consumer<Throwable> fatal;
    private volatile @Nullable RaftGroup group;
    private boolean caughtUp;
    private boolean asking;
    private boolean restricted;
    private long leaderSeenNanos;
    private long askedNanos;
    private long announcedNanos;
    private boolean removed;
    private OptionalLong complete = OptionalLong.empty();

    CatchUp(RaftConsistency.Local local, Members members, AgreedMembers agreed, StandingCalls calls) {
        this.readiness = local.readiness();
        this.members = members;
        this.agreed = agreed;
        this.ticker = local.ticker();
        this.calls = calls;
        this.fatal = local.fatal();
        this.leaderSeenNanos = ticker.nanos();
        this.askedNanos = ticker.nanos() - ASK_AGAIN.toNanos();
        this.announcedNanos = ticker.nanos() - ANNOUNCE_AGAIN.toNanos();
    }

    /** Tells other members what this one has part in; nothing before {@link #joined}. */
    BindableService service(RaftMembership membership) {
        return calls.service(
                () -> Optional.ofNullable(group)
                        .map(joined ->
                                joined.admission().standing(joined.files().term())),
                membership::moved);
    }

    /** The group is open. Any thread. */
    void joined(RaftGroup opened) {
        group = opened;
    }

    /** Says what the list of members should say of this node and does not yet, now and then. */
    void announce(RaftMembership membership) {
        long now = ticker.nanos();
        Optional<ClusterMembers.Entry> own = agreed.now().find(members.self().id());
        if (!caughtUp || own.isEmpty() || now - announcedNanos < ANNOUNCE_AGAIN.toNanos()) {
            return;
        }
        announcedNanos = now;
        if (!own.get().member().equals(members.self())) {
            membership.moved(members.self());
        } else if (own.get().standing() == ClusterMembers.Standing.JOINING && admitted()) {
            var unused = membership.caughtUp().whenComplete((list, failure) -> {
                if (failure != null) {
                    LOG.warn("has caught up, but the leader does not know yet: {}", failure.getMessage());
                }
            });
        }
    }

    private boolean moved() {
        return !caughtUp
                && agreed.now()
                        .find(members.self().id())
                        .filter(own -> !own.member().equals(members.self()))
                        .isPresent();
    }

    private boolean admitted() {
        RaftGroup joined = group;
        return joined != null && joined.admission().waitsFor().isEmpty();
    }

    /** Whether this node was removed; then it answers nothing any more, and does not ask to be elected. */
    private boolean removed() {
        RaftGroup joined = group;
        if (!removed && joined != null && agreed.removed(members.self().id())) {
            removed = true;
            joined.execute(joined::withdraw);
            String reason = "this node was removed from the cluster; stop it and delete its data directory";
            LOG.error(reason);
            readiness.block(PART, reason);
        }
        return removed;
    }

    /** Notes whether there is a leader now; tells whether it should be asked how far the log is. */
    boolean due(boolean leaderKnown) {
        long now = ticker.nanos();
        if (removed()) {
            return false;
        }
        Optional<String> waitsFor = admit(now);
        if (leaderKnown) {
            leaderSeenNanos = now;
            if (restricted && caughtUp) {
                restricted = false;
                readiness.clear(PART);
            }
        } else if (waitsFor.isPresent() && !caughtUp) {
            readiness.block(PART, waitsFor.get());
        } else if (!restricted && now - leaderSeenNanos > PATIENCE.toNanos()) {
            restricted = true;
            readiness.restrict(PART, "no leader; persistent instances may be stale and cannot be written");
        }
        boolean due = leaderKnown && !asking && !caughtUp;
        asking |= due;
        return due;
    }

    /** The leader was asked; if there is an {@code index}, this node has applied and shown all that was committed then. */
    void answered(Optional<Long> index) {
        if (index.isPresent()) {
            caughtUp = true;
            restricted = false;
            complete = OptionalLong.of(index.get());
            readiness.clear(PART);
        } else {
            asking = false;
        }
    }

    /** Goes on with the {@link Admission}; what this node still waits for. */
    private Optional<String> admit(long now) {
        RaftGroup joined = group;
        if (joined == null) {
            return Optional.empty();
        }
        Admission admission = joined.admission();
        if (now - askedNanos >= ASK_AGAIN.toNanos()) {
            askedNanos = now;
            admission.unknown().forEach(peer -> calls.ask(peer, this::heard));
            if (now - leaderSeenNanos > LEADERLESS.toNanos() || moved()) {
                // The others may have moved, or may have removed this node, while it was away; or it has moved itself,
                // and the
                // leader looks for it where it was.
                members.peers().forEach(peer -> calls.ask(peer.id(), this::heard));
            }
        }
        // Applied may be ahead of the disk; only what is stored counts as had.
        if (admission.rejoins()
                && complete.isPresent()
                && joined.files()
                        .log()
                        .filter(log -> log.stored() >= complete.getAsLong())
                        .isPresent()) {
            writeDown(() -> admission.complete(joined.files().term()));
        }
        return admission.waitsFor();
    }

    private void heard(String peer, StandingResponse answer) {
        agreed.become(MembersCodec.decode(answer.getMembers()));
        RaftGroup joined = group;
        if (joined != null) {
            writeDown(() -> joined.admission().heard(peer, answer));
        }
    }

    private void writeDown(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            fatal.accept(e);
        }
    }

    private interface Step {
        void run() throws IOException;
    }
}
