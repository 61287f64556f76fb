package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names the instance a command is about: its service, then its address. */
final class InstanceTarget {
    @Mixin
    private final Target target = new Target();

    @Parameters(
            index = "1",
            paramLabel = "IP:PORT",
            converter = Address.Converter.class,
            description = "Where it is reached.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Address address;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            defaultValue = "DEFAULT",
            description = "A part of the service, such as a zone. Default: DEFAULT")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String cluster;

    ServiceId service(NamingService client) {
        return target.service(client);
    }

    InstanceKey key() {
        return new InstanceKey(address.ip(), address.port(), cluster);
    }
}
