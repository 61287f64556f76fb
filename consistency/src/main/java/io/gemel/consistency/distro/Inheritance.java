package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.FailureDetector;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.Rendezvous;
import io.gemel.naming.Member;
import io.gemel.naming.Publication;
import java.time.Duration;
import java.util.List;

/**
 * Has what must not go with a dead node taken over before what it left is dropped, each service by one node: the first in the order of
 * {@link Rendezvous} among those that live. Confined to the naming loop.
 *
 * <p>Who was cut off or stood still since it last heard of the dead node takes nothing over: others may have dropped it all long ago, and what is
 * gone does not come back. Where nodes disagree about who lives, two may take over the same, which shows once, or nobody does, and it goes.
 */
final class Inheritance {
    /** More than nodes differ in when they drop what a dead node left, so that nobody sees missing what is taken over. */
    private static final Duration BEFORE_DROPPED = Duration.ofMillis(1_500);

    private final Members members;
    private final FailureDetector detector;
    private final Suspects suspects;
    private final DistroConfig config;

    Inheritance(Members members, FailureDetector detector, Suspects suspects, DistroConfig config) {
        this.members = members;
        this.detector = detector;
        this.suspects = suspects;
        this.config = config;
    }

    /**
     * Looks at {@code copy}, while this node sees a majority; once after its owner has died.
     *
     * @param majoritySinceNanos since when it does
     */
    void settle(OriginCopy copy, long nowNanos, long majoritySinceNanos) {
        switch (copy.state()) {
            case SYNCING -> {
                // What it lists is to show before what was taken over goes.
            }
            case LIVE -> {
                if (copy.judged()) {
                    copy.judged(false);
                    suspects.returned(copy.id());
                }
            }
            case ORPHANED -> {
                if (!copy.judged() && isDue(copy, nowNanos)) {
                    judge(copy, majoritySinceNanos);
                }
            }
        }
    }

    private void judge(OriginCopy copy, long majoritySinceNanos) {
        copy.judged(true);
        if (!copy.missedSome() && majoritySinceNanos - copy.orphanedNanos() <= 0) {
            List<String> alive = alive();
            suspects.takeOver(
                    copy.id(),
                    copy.slots().stream().filter(slot -> isMine(alive, slot)).toList());
        }
    }

    private boolean isDue(OriginCopy copy, long nowNanos) {
        return copy.graceEnds(config) - nowNanos <= BEFORE_DROPPED.toNanos();
    }

    private boolean isMine(List<String> alive, Publication.Slot slot) {
        return Rendezvous.first(alive, slot.service()).equals(members.self().id());
    }

    private List<String> alive() {
        return members.all().stream()
                .map(Member::id)
                .filter(id -> id.equals(members.self().id()) || detector.state(id) != FailureDetector.State.DOWN)
                .toList();
    }
}
