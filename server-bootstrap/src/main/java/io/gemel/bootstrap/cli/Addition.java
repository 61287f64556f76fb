package io.gemel.bootstrap.cli;

import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.ClusterCalls;
import io.gemel.transport.grpc.KnownCluster;
import java.time.Duration;
import java.util.Optional;

/** Adds a node and waits until it votes, saying on stderr how far it is. */
final class Addition {
    private static final Duration STATUS_MAX = Duration.ofSeconds(1);

    private final Operator operator;
    private final Member node;
    private String told = "";

    Addition(Operator operator, Member node) {
        this.operator = operator;
        this.node = node;
    }

    /** The cluster once the node votes; empty if the time was too short for that. Throws {@link RegistryException} if it is refused. */
    Optional<KnownCluster> carryOut() {
        KnownCluster cluster = operator.ask((calls, timeout) -> calls.add(node, timeout));
        while (true) {
            Standing standing = cluster.members()
                    .find(node.id())
                    .map(Entry::standing)
                    .orElse(Standing.JOINING); // the server that was asked last may be behind the one that added it
            switch (standing) {
                case VOTER -> {
                    return Optional.of(cluster);
                }
                case LEAVING, REMOVED ->
                    throw new RegistryException(Code.MEMBERSHIP_REFUSED, node.id() + " was removed meanwhile");
                case CAUGHT_UP -> tell(node.id() + " has caught up, and is about to vote");
                case JOINING -> tell(progress(cluster));
            }
            if (operator.late()) {
                return Optional.empty();
            }
            operator.pause();
            cluster = operator.list();
        }
    }

    /** Says that the node does not vote yet, and what to do. */
    int notYet() {
        Refusals.print(
                operator.err(),
                "NOT_YET",
                "%s is added but does not vote yet: %s".formatted(node.id(), told),
                "look at its log; the same command waits on, 'gemel cluster remove %s' calls it off"
                        .formatted(node.id()));
        return Refusals.REFUSED;
    }

    private String progress(KnownCluster cluster) {
        Optional<NodeStatus.Raft> own = raft(node);
        if (own.isEmpty()) {
            return "%s does not answer at %s; start it there: gemel server --node-id=%s --join=%s --host=%s %s"
                    .formatted(
                            node.id(),
                            node.clientAddress(),
                            node.id(),
                            String.join(",", operator.servers()),
                            node.host(),
                            MemberText.portFlags(node));
        }
        long goal = cluster.members()
                .find(cluster.leader())
                .flatMap(leader -> raft(leader.member()))
                .map(NodeStatus.Raft::logIndex)
                .orElse(0L);
        return "%s takes over the log: %d of %s"
                .formatted(node.id(), own.get().logIndex(), goal == 0 ? "?" : Long.toString(goal));
    }

    private Optional<NodeStatus.Raft> raft(Member member) {
        try (ClusterCalls calls = new ClusterCalls(member.clientAddress())) {
            return Optional.of(calls.status(STATUS_MAX).raft());
        } catch (RegistryException silent) {
            return Optional.empty();
        }
    }

    private void tell(String now) {
        if (!now.equals(told)) {
            told = now;
            operator.err().println(now);
            operator.err().flush();
        }
    }
}
