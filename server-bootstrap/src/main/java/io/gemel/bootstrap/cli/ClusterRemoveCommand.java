package io.gemel.bootstrap.cli;

import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.transport.grpc.KnownCluster;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes a node from the cluster for good. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Removes a node from the cluster for good, whether it runs or not. Its id is never taken in again.",
            "If it runs, its clients move to others, and if it leads, another one leads first. Then stop it and delete its data.",
            "Refused if too few of the voters that are left can be reached to go on without it."
        },
        footer = {"", "Examples:", "  gemel cluster remove s3"})
final class ClusterRemoveCommand implements Callable<Integer> {
    @Mixin
    private final Operator operator = new Operator(30);

    @Parameters(paramLabel = "ID", description = "The node.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    @Override
    public Integer call() {
        operator.begin();
        return remove(operator, id);
    }

    /** Removes the node, waits until it counts no longer and says so; the exit code. */
    static int remove(Operator operator, String id) {
        KnownCluster cluster = operator.ask((calls, timeout) -> calls.remove(id, timeout));
        cluster.members().find(id).ifPresent(entry -> operator.leaveOut(entry.member()));
        while (!removed(cluster, id)) {
            if (operator.late()) {
                Refusals.print(
                        operator.err(),
                        "NOT_YET",
                        "%s is leaving, but counts still; members: %s".formatted(id, ClusterText.ids(cluster)),
                        "the same command waits on; 'gemel status' shows whether a majority of the members is up");
                return Refusals.REFUSED;
            }
            operator.pause();
            cluster = operator.list();
        }
        if (operator.json()) {
            operator.out().println(Json.pretty(ClusterText.json(cluster)));
        } else {
            operator.out()
                    .println("%s is removed; members: %s. Stop it if it runs, and delete its data."
                            .formatted(id, ClusterText.ids(cluster)));
        }
        operator.out().flush();
        return 0;
    }

    private static boolean removed(KnownCluster cluster, String id) {
        return cluster.members()
                .find(id)
                .filter(entry -> entry.standing() == Standing.REMOVED)
                .isPresent();
    }
}
