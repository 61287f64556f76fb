package io.gemel.bootstrap.cli;

import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.ClusterCalls;
import io.gemel.transport.grpc.KnownCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints who the members are. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Shows who the members of the cluster are, as the first server knows it that answers; it may be asked without a leader.",
            "STANDING is voter, learner (takes over what the others have, and votes by itself once it has) or leaving. STATE is how"
                    + " that server sees the node. LOG is the last index in the node's log, if the node answers."
        },
        footer = {
            "",
            "Examples:",
            "  gemel cluster list",
            "  gemel cluster list --server=10.0.0.1:9848,10.0.0.2:9848 -o json",
            "  gemel cluster list --all"
        })
final class ClusterListCommand implements Callable<Integer> {
    private static final Duration STATUS_MAX = Duration.ofSeconds(2);

    @Mixin
    private final Operator operator = new Operator(30);

    @Option(names = "--all", description = "Those too that were removed, whose ids are not used again.")
    private boolean all;

    @Override
    public Integer call() {
        operator.begin();
        KnownCluster cluster = operator.list();
        List<Entry> entries = all ? cluster.members().entries() : cluster.present();
        Map<String, Long> logs = new HashMap<>();
        for (Entry entry : cluster.present()) {
            if (!cluster.state(entry.member().id()).equals("down")) {
                askForLog(entry, logs);
            }
        }
        if (operator.json()) {
            operator.out().println(Json.pretty(ClusterText.json(entries, cluster, logs)));
        } else {
            operator.out().println(ClusterText.line(cluster));
            operator.out().println();
            ClusterText.table(entries, cluster, logs).lines("").forEach(operator.out()::println);
        }
        operator.out().flush();
        return 0;
    }

    private void askForLog(Entry entry, Map<String, Long> logs) {
        try (ClusterCalls calls = new ClusterCalls(entry.member().clientAddress())) {
            logs.put(
                    entry.member().id(),
                    calls.status(Operator.shorter(operator.left(), STATUS_MAX))
                            .raft()
                            .logIndex());
        } catch (RegistryException silent) {
            // Its row says so: there is no log index.
        }
    }
}
