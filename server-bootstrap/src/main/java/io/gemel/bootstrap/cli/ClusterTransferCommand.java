package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.transport.grpc.ClusterCalls.Transferred;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Hands the leadership to another node. */
@Command(
        name = "transfer-leader",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Hands the leadership of the cluster to another node, and waits until that one leads.",
            "Before a leader is stopped it spares the cluster an election: persistent writes wait for a moment only."
        },
        footer = {
            "",
            "Examples:",
            "  gemel cluster transfer-leader     to the follower that has most of the log",
            "  gemel cluster transfer-leader s2"
        })
final class ClusterTransferCommand implements Callable<Integer> {
    @Mixin
    private final Operator operator = new Operator(30);

    @Parameters(paramLabel = "ID", arity = "0..1", description = "Who shall lead. Default: whoever has most of the log")
    private Optional<String> to = Optional.empty();

    @Override
    public Integer call() {
        operator.begin();
        // Asked twice without a name, it would pass on to a third node, which does no harm.
        Transferred transferred = operator.ask((calls, timeout) -> calls.transferLeadership(to, timeout));
        if (operator.json()) {
            JsonObject json = ClusterText.json(transferred.cluster());
            json.addProperty("leader", transferred.leader());
            operator.out().println(Json.pretty(json));
        } else {
            operator.out().println(transferred.leader() + " leads");
        }
        operator.out().flush();
        return 0;
    }
}
