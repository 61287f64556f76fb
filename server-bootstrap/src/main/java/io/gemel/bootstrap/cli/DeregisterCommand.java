package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes one persistent instance. */
@Command(
        name = "deregister",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Removes a persistent instance.",
            "An ephemeral one belongs to the session that registered it: end the client that holds it, and it is gone."
        },
        footer = {
            "",
            "Examples:",
            "  gemel deregister db 10.0.0.9:5432",
            "  gemel deregister db 10.0.0.9:5432 --if-revision=41"
        })
final class DeregisterCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final InstanceTarget target = new InstanceTarget();

    @Mixin
    private final IfRevision ifRevision = new IfRevision();

    @Override
    public Integer call() {
        InstanceKey key = target.key();
        try (NamingService client = registry.connect()) {
            ServiceId service = target.service(client);
            Optional<Instance> registered = client.instances(service, ReadLevel.LINEARIZABLE).stream()
                    .filter(instance -> instance.key().equals(key))
                    .findFirst();
            if (registered.isEmpty()) {
                throw new RegistryException(Code.NOT_FOUND, "service: " + service + " has no instance at " + key);
            }
            return switch (registered.get().durability()) {
                case EPHEMERAL -> explain(service, key);
                case PERSISTENT -> remove(client, service, registered.get());
            };
        }
    }

    private int explain(ServiceId service, InstanceKey key) {
        Refusals.print(
                registry.err(),
                Code.DURABILITY_CONFLICT.name(),
                "the instance of " + service + " at " + key
                        + " is ephemeral: it belongs to the session that registered it",
                "end the client that holds it; its instance goes with it");
        return Refusals.REFUSED;
    }

    private int remove(NamingService client, ServiceId service, Instance instance) {
        Written written = client.deregister(service, instance, ifRevision.precondition());
        registry.reportWritten("deregistered", service, instance, written);
        return 0;
    }
}
