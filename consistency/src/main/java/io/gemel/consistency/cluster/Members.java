package io.gemel.consistency.cluster;

import java.util.List;
import java.util.Optional;

/** The cluster as this node is configured to see it. Immutable. */
public final class Members {
    private final Member self;
    private final List<Member> all;

    /** The cluster of {@code all}; {@code selfId} must be one of them. */
    public Members(String selfId, List<Member> all) {
        this.all = List.copyOf(all);
        this.self = find(selfId)
                .orElseThrow(() ->
                        new IllegalArgumentException("members: no '" + selfId + "' (expected: this node among them)"));
    }

    /** This node. */
    public Member self() {
        return self;
    }

    /** Every member, this node included, in the configured order. */
    public List<Member> all() {
        return all;
    }

    /** Every member but this node. */
    public List<Member> peers() {
        return all.stream().filter(member -> !member.equals(self)).toList();
    }

    /** The member with this id. */
    public Optional<Member> find(String id) {
        return all.stream().filter(member -> member.id().equals(id)).findFirst();
    }

    /** How many members are more than half. */
    public int majority() {
        return all.size() / 2 + 1;
    }
}
