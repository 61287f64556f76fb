package io.gemel.bootstrap;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Loop;
import io.gemel.naming.Member;
import io.gemel.naming.NodeStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Which members clients should know of: all but those that are down or leave. A client that loses its server tries these. */
final class LiveMembers {
    private static final Duration CHECK = Duration.ofMillis(500);

    private final Members members;
    private final Supplier<List<NodeStatus.Member>> seen;
    private List<String> told;

    LiveMembers(Members members, Supplier<List<NodeStatus.Member>> seen) {
        this.members = members;
        this.seen = seen;
        this.told = addresses();
    }

    /** host:port of the client doors, in the members' order. Any thread. */
    List<String> addresses() {
        Set<String> useless = seen.get().stream()
                .filter(member ->
                        member.state().equals("down") || member.standing().equals(GemelNode.LEAVING))
                .map(NodeStatus.Member::id)
                .collect(Collectors.toSet());
        return members.all().stream()
                .filter(member -> !useless.contains(member.id()))
                .map(Member::clientAddress)
                .toList();
    }

    /** Runs {@code changed} on {@code loop} whenever the addresses have changed. */
    void follow(Loop loop, Runnable changed) {
        loop.every(CHECK, () -> {
            List<String> now = addresses();
            if (!now.equals(told)) {
                told = now;
                changed.run();
            }
        });
    }
}
