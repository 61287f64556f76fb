package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the instances of one service. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = "Prints the instances of a service, of both kinds, as the asked server knows them.",
        footer = {
            "",
            "Examples:",
            "  gemel get orders",
            "  gemel get orders --healthy-only -o json",
            "  gemel get db --linearizable"
        })
final class GetCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final Target target = new Target();

    @Option(names = "--healthy-only", description = "Leaves out what is unhealthy, disabled or of weight 0.")
    private boolean healthyOnly;

    @Option(
            names = "--linearizable",
            description = "See every persistent write that was acknowledged before, on whichever server.")
    private boolean linearizable;

    @Option(
            names = "--min-revision",
            paramLabel = "N",
            defaultValue = "0",
            description = "Wait for the persistent write with this revision.")
    private long minRevision;

    @Override
    public Integer call() {
        ReadLevel level = new ReadLevel(linearizable, minRevision);
        try (NamingService client = registry.connect()) {
            ServiceView view = client.find(target.service(client), level);
            if (registry.json()) {
                registry.out().println(Json.pretty(Json.view(view, healthyOnly)));
            } else {
                InstanceText.table(view, healthyOnly).lines("").forEach(registry.out()::println);
                if (view.protectionReached()) {
                    registry.out()
                            .println("protection reached: so few are healthy that callers use unhealthy ones too"
                                    + " (gemel service show)");
                }
            }
            registry.out().flush();
        }
        return 0;
    }
}
