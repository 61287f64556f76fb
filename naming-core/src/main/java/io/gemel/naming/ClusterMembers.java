package io.gemel.naming;

import java.util.List;
import java.util.Optional;

/**
 * Who the members of the cluster are, as agreed through the Raft log. Immutable.
 *
 * @param revision the log index of the last change of it; 0 before the first one, when every node goes by its settings
 * @param entries in the order in which they became members; removed ones stay, so that their ids are not used again
 */
public record ClusterMembers(long revision, List<Entry> entries) {
    /** Before anything was agreed. */
    public static final ClusterMembers NONE = new ClusterMembers(0, List.of());

    /** Copies the list. */
    public ClusterMembers {
        entries = List.copyOf(entries);
    }

    /** A node and how far it is on its way into the cluster or out of it. */
    public record Entry(Member member, Standing standing) {}

    /** How far a node is on its way into the cluster or out of it. */
    public enum Standing {
        /** Takes over what the others have; does not vote, and counts for no majority. */
        JOINING,
        /** Has what the others have; is about to become a voter. */
        CAUGHT_UP,
        VOTER,
        /** Votes until the removal is agreed. */
        LEAVING,
        /** Was removed; refused from then on, whatever its data directory says. */
        REMOVED;

        /** Whether it counts for majorities. */
        public boolean votes() {
            return this == VOTER || this == LEAVING;
        }
    }

    /** The entry of the node with this id, also if it was removed. */
    public Optional<Entry> find(String id) {
        return entries.stream().filter(entry -> entry.member().id().equals(id)).findFirst();
    }

    /** The nodes that are members, in the agreed order. */
    public List<Entry> present() {
        return entries.stream()
                .filter(entry -> entry.standing() != Standing.REMOVED)
                .toList();
    }
}
