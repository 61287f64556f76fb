package io.gemel.consistency.cluster;

import io.gemel.naming.NodeStatus;
import java.util.List;

/**
 * Who is there to look after instances, as one node sees it.
 *
 * @param self this node
 * @param members the members that vote and are alive, sorted
 * @param voters how many members vote, alive or not
 */
public record Live(String self, List<String> members, int voters) {
    /** Nobody is known yet. */
    public static final Live NOBODY = new Live("", List.of(), 0);

    /** Copies the list. */
    public Live {
        members = List.copyOf(members);
    }

    /** What follows from the states of {@code members}, as the failure detector has them. */
    public static Live of(String self, List<NodeStatus.Member> members) {
        List<NodeStatus.Member> voters = members.stream().filter(Live::votes).toList();
        return new Live(
                self,
                voters.stream()
                        .filter(voter -> List.of("self", "alive", "suspect").contains(voter.state()))
                        .map(NodeStatus.Member::id)
                        .sorted()
                        .toList(),
                voters.size());
    }

    /** How many voters are more than half of them. */
    public int majority() {
        return voters / 2 + 1;
    }

    /** Whether so many are alive; if not, this node is the one cut off and judges nothing. */
    public boolean hasMajority() {
        return members.size() >= majority();
    }

    private static boolean votes(NodeStatus.Member member) {
        return member.standing().equals("voter");
    }
}
