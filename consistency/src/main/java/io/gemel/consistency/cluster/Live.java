package io.gemel.consistency.cluster;

import io.gemel.naming.NodeStatus;
import java.util.List;

/**
 * Who is there to look after instances, as one node sees it.
 *
 * @param self this node
 * @param members the members that vote and are alive, sorted
 * @param majority whether they are more than half of those that vote; if not, this node is the one cut off and judges nothing
 */
public record Live(String self, List<String> members, boolean majority) {
    /** Nobody is known yet. */
    public static final Live NOBODY = new Live("", List.of(), false);

    /** Copies the list. */
    public Live {
        members = List.copyOf(members);
    }

    /** What follows from the states of {@code members}, as the failure detector has them. */
    public static Live of(String self, List<NodeStatus.Member> members) {
        List<NodeStatus.Member> alive = members.stream()
                .filter(member -> List.of("self", "alive", "suspect").contains(member.state()))
                .toList();
        long voters = members.stream().filter(Live::votes).count();
        long aliveVoters = alive.stream().filter(Live::votes).count();
        return new Live(
                self,
                alive.stream()
                        .filter(Live::votes)
                        .map(NodeStatus.Member::id)
                        .sorted()
                        .toList(),
                aliveVoters > voters / 2);
    }

    private static boolean votes(NodeStatus.Member member) {
        return member.standing().equals("voter");
    }
}
