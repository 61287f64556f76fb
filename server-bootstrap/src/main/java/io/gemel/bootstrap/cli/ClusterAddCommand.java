package io.gemel.bootstrap.cli;

import io.gemel.naming.Member;
import io.gemel.transport.grpc.KnownCluster;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a node into the cluster. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Takes a node into the cluster, and waits until it votes.",
            "Seldom needed: 'gemel server --join' adds itself. The node takes over what the others have before it votes; until then"
                    + " it counts for no majority. To add a member again, at the same address, does nothing."
        },
        footer = {
            "",
            "Examples:",
            "  gemel cluster add s4=10.0.0.4:8848            PORT is its base port",
            "  gemel cluster add s4=10.0.0.4:9848/9849/7848  its ports for clients, servers, Raft",
            "  gemel server --node-id=s4 --host=10.0.0.4 --join=10.0.0.1:9848,10.0.0.2:9848"
        })
final class ClusterAddCommand implements Callable<Integer> {
    @Mixin
    private final Operator operator = new Operator(120);

    @Parameters(
            paramLabel = "ID=HOST:PORT",
            converter = MemberText.Converter.class,
            description = "The node and where it listens.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Member node;

    @Override
    public Integer call() {
        operator.begin();
        Addition addition = new Addition(operator, node);
        Optional<KnownCluster> cluster = addition.carryOut();
        if (cluster.isEmpty()) {
            return addition.notYet();
        }
        if (operator.json()) {
            operator.out().println(Json.pretty(ClusterText.json(cluster.get())));
        } else {
            operator.out().println("%s votes; members: %s".formatted(node.id(), ClusterText.ids(cluster.get())));
        }
        operator.out().flush();
        return 0;
    }
}
