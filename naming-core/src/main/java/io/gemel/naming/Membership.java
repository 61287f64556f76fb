package io.gemel.naming;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Changes who the members of the cluster are, one change at a time. Any member takes a request; the leader carries it out.
 *
 * <p>Futures end with {@link RegistryException}: {@code MEMBERSHIP_REFUSED} if the change would do harm or another one is
 * under way, {@code NO_LEADER} if there is no majority to agree on it, {@code UNKNOWN_OUTCOME} if the leader was lost
 * meanwhile. To ask again is safe: what is already so is answered as done. Thread-safe.
 */
public interface Membership {
    /** The members as this node knows them. */
    ClusterMembers members();

    /**
     * Takes {@code node} in: as a learner first, as a voter by itself once it has what the others have. Done when agreed and
     * known here, which is before it votes.
     */
    CompletableFuture<ClusterMembers> add(Member node);

    /**
     * Removes the node {@code id} for good; done when it counts no longer. A leader hands its leadership over first. Refused if those
     * left that can be reached are no majority of those left.
     */
    CompletableFuture<ClusterMembers> remove(String id);

    /** Hands the leadership to {@code to}, else to the follower that has most of the log; done when it leads, with its id. */
    CompletableFuture<String> transferLeadership(Optional<String> to);

    /**
     * Makes the nodes {@code keep} a cluster of their own when a majority is lost for good; to be asked of each of them. What only the
     * others had is lost, and they must never start again with what they have.
     *
     * @param keep ids of members that live, this one among them
     * @param rehearse whether only to tell what would be done
     */
    CompletableFuture<Recovery> recover(Set<String> keep, boolean rehearse);

    /**
     * What a recovery does, or would do, as seen from one node.
     *
     * @param node the node asked
     * @param logIndex the last entry in its log; the kept node with the highest (term, index) wins
     * @param logTerm the term of that entry
     * @param appliedIndex how far it knows the log to be committed
     * @param lost the members that are not kept
     */
    record Recovery(String node, long logIndex, long logTerm, long appliedIndex, List<String> lost) {
        public Recovery {
            lost = List.copyOf(lost);
        }
    }
}
