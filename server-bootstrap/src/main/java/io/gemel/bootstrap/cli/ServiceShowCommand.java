package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what operators set for a service and its addresses. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Shows what operators set for a service and its addresses, and what the instances there registered with.",
            "'gemel get' shows the instances as callers see them."
        },
        footer = {"", "Examples:", "  gemel service show orders", "  gemel service show orders --local -o json"})
final class ServiceShowCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final Target target = new Target();

    @Option(
            names = "--local",
            description = "As the asked server knows it; it is answered also without a majority of the members.")
    private boolean local;

    @Override
    public Integer call() {
        try (NamingService client = registry.connect()) {
            ServiceId service = target.service(client);
            ServiceDescription description =
                    client.operator().describe(service, local ? ReadLevel.LOCAL : ReadLevel.LINEARIZABLE);
            if (description.state().isEmpty() && description.tally().instances() == 0) {
                throw new RegistryException(
                        Code.NOT_FOUND, "service: " + service + " has no instances, and nothing is set for it");
            }
            if (registry.json()) {
                registry.out().println(Json.pretty(OperatorText.json(description)));
            } else {
                OperatorText.lines(description).forEach(registry.out()::println);
            }
            registry.out().flush();
        }
        return 0;
    }
}
