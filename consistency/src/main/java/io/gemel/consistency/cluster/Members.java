package io.gemel.consistency.cluster;

import io.gemel.naming.Member;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the members of the cluster are, as this node knows it now: from its settings at first, then as Raft has agreed.
 * Thread-safe; ask again instead of keeping an answer.
 */
public final class Members {
    private static final Logger LOG = LoggerFactory.getLogger(Members.class);

    private final Member self;
    private volatile Agreed agreed;

    private record Agreed(List<Member> all, Set<String> learners) {
        Agreed {
            all = List.copyOf(all);
            learners = Set.copyOf(learners);
        }

        boolean has(String id) {
            return find(id).isPresent();
        }

        Optional<Member> find(String id) {
            for (Member member : all) {
                if (member.id().equals(id)) {
                    return Optional.of(member);
                }
            }
            return Optional.empty();
        }
    }

    /** The cluster of {@code all}; {@code selfId} must be one of them. */
    public Members(String selfId, List<Member> all) {
        this.agreed = new Agreed(all, Set.of());
        this.self = find(selfId)
                .orElseThrow(() ->
                        new IllegalArgumentException("members: no '" + selfId + "' (expected: this node among them)"));
    }

    /** This node, at the addresses where it listens; also when it is a member no longer. */
    public Member self() {
        return self;
    }

    /** Whether this node is a member: not if it was removed. */
    public boolean present() {
        return agreed.has(self.id());
    }

    /** Every member, learners and this node included, in the agreed order. */
    public List<Member> all() {
        return agreed.all();
    }

    /** Every member but this node. */
    public List<Member> peers() {
        return agreed.all().stream()
                .filter(member -> !member.id().equals(self.id()))
                .toList();
    }

    /** The member with this id. */
    public Optional<Member> find(String id) {
        return agreed.find(id);
    }

    /** The member with this id, unless it is this node. */
    public Optional<Member> peer(String id) {
        return id.equals(self.id()) ? Optional.empty() : agreed.find(id);
    }

    /** Every member that counts for majorities: not the learners, which are still taking over what the others have. */
    public List<Member> voters() {
        Agreed now = agreed;
        return now.all().stream()
                .filter(member -> !now.learners().contains(member.id()))
                .toList();
    }

    /** Whether the member with this id counts for majorities. */
    public boolean votes(String id) {
        Agreed now = agreed;
        return now.has(id) && !now.learners().contains(id);
    }

    /**
     * From now on these are the members. To be called by one thread at a time, in the order in which it was agreed.
     *
     * @param all without this node if it was removed
     * @param learners the ids of those that do not vote yet
     */
    public synchronized void become(List<Member> all, Set<String> learners) {
        Agreed next = new Agreed(all, learners);
        if (!next.equals(agreed)) {
            agreed = next;
            LOG.info(
                    "members={} learners={}",
                    next.all().stream().map(Member::id).toList(),
                    next.learners());
        }
    }
}
