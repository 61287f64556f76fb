package io.gemel.consistency.raft;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.Member;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Brings {@link Members} to what was agreed through the log, which is nothing in a new cluster. Thread-safe.
 *
 * <p>Addresses that the operator has just set are the newer ones for a node that was down while others moved: they hold for a
 * member until the log says something about it that this node did not know when it started.
 */
final class AgreedMembers {
    private final Members members;
    private final List<Member> set;
    private ClusterMembers atStart = ClusterMembers.NONE;
    private volatile ClusterMembers now = ClusterMembers.NONE;

    /** {@code set}: the addresses that the operator has changed since the last start. */
    AgreedMembers(Members members, List<Member> set) {
        this.members = members;
        this.set = List.copyOf(set);
    }

    /** What this node's store holds as it starts. */
    synchronized void started(ClusterMembers stored) {
        atStart = stored;
        become(stored);
    }

    /** The list is {@code agreed} from now on, unless a newer one is known. Nothing agreed changes nothing. */
    synchronized void become(ClusterMembers agreed) {
        if (agreed.revision() == 0 || agreed.revision() < now.revision()) {
            return;
        }
        now = agreed;
        members.become(
                agreed.present().stream().map(this::reached).toList(),
                agreed.present().stream()
                        .filter(entry -> !entry.standing().votes())
                        .map(entry -> entry.member().id())
                        .collect(Collectors.toSet()));
    }

    private Member reached(Entry entry) {
        Member agreed = entry.member();
        boolean unchanged = atStart.find(agreed.id()).map(Entry::member).equals(Optional.of(agreed));
        return unchanged
                ? set.stream()
                        .filter(member -> member.id().equals(agreed.id()))
                        .findFirst()
                        .orElse(agreed)
                : agreed;
    }

    /** The newest list that this node knows. */
    ClusterMembers now() {
        return now;
    }

    /** The ids of those that may lead: voters that are not to leave. */
    List<String> candidates() {
        ClusterMembers list = now;
        return list.revision() == 0
                ? members.voters().stream().map(Member::id).toList()
                : list.present().stream()
                        .filter(entry -> entry.standing() == ClusterMembers.Standing.VOTER)
                        .map(entry -> entry.member().id())
                        .toList();
    }

    /** Whether the node with this id was removed. */
    boolean removed(String id) {
        return now.find(id)
                .filter(entry -> entry.standing() == ClusterMembers.Standing.REMOVED)
                .isPresent();
    }
}
