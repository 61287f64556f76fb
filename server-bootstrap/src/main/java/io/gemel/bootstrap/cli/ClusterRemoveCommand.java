package io.gemel.bootstrap.cli;

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
        remove(operator, id);
        return 0;
    }

    /** Removes the node and says so. */
    static void remove(Operator operator, String id) {
        KnownCluster cluster = operator.ask((calls, timeout) -> calls.remove(id, timeout));
        if (operator.json()) {
            operator.out().println(Json.pretty(ClusterText.json(cluster)));
        } else {
            operator.out()
                    .println("%s is removed; members: %s. Stop it if it runs, and delete its data."
                            .formatted(id, ClusterText.ids(cluster)));
        }
        operator.out().flush();
    }
}
