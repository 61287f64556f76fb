package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes what operators set for a service as a whole. */
@Command(
        name = "clear",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description =
                "Removes all that is set for a service as a whole. What is set for its addresses stays: 'gemel instance clear'.",
        footer = {"", "Examples:", "  gemel service clear orders"})
final class ServiceClearCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final Target target = new Target();

    @Override
    public Integer call() {
        try (NamingService client = registry.connect()) {
            ServiceId service = target.service(client);
            if (client.operator()
                    .describe(service, ReadLevel.LINEARIZABLE)
                    .state()
                    .settings()
                    .isEmpty()) {
                registry.nothingSet(service, "the service");
                return 0;
            }
            Written written = client.operator().clearService(service, Precondition.NONE);
            if (registry.json()) {
                var json = Json.service(service);
                json.addProperty("revision", written.revision());
                registry.out().println(Json.line(json));
            } else {
                registry.out().println("cleared " + service + " revision=" + written.revision());
            }
            registry.out().flush();
        }
        return 0;
    }
}
