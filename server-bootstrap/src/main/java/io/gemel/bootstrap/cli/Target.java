package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.ServiceId;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names the service a command is about. */
final class Target {
    @Parameters(index = "0", paramLabel = "SERVICE", description = "The service's name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            defaultValue = "DEFAULT_GROUP",
            description = "Default: DEFAULT_GROUP")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String group;

    ServiceId service(NamingService client) {
        return client.service(group, name);
    }
}
