package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Registers one instance; an ephemeral one for as long as the command runs. */
@Command(
        name = "register",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Registers an instance.",
            "An ephemeral one (the default) dies with the session that registered it, so the command holds the session open until Ctrl-C."
                    + " A persistent one stays until 'gemel deregister'."
        },
        footer = {
            "",
            "Examples:",
            "  gemel register orders 10.0.0.7:8080 --weight=2 --metadata=zone=a --metadata=version=7",
            "  gemel register db 10.0.0.9:5432 --persistent",
            "  gemel register db 10.0.0.9:5432 --persistent --weight=3 --if-revision=41"
        })
final class RegisterCommand implements Callable<Integer> {
    private static final String METADATA = "--metadata";

    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final InstanceTarget target = new InstanceTarget();

    @Mixin
    private final IfRevision ifRevision = new IfRevision();

    @Option(
            names = "--ephemeral",
            arity = "0..1",
            paramLabel = "true|false",
            fallbackValue = "true",
            description = "Whether it dies with this command. Default: true")
    private Optional<Boolean> ephemeral = Optional.empty();

    @Option(names = "--persistent", description = "The same as --ephemeral=false.")
    private boolean persistent;

    @Option(
            names = "--weight",
            paramLabel = "N",
            defaultValue = "1",
            description = "Its share of the traffic, 0..10000. Default: 1")
    private double weight;

    @Option(names = "--disabled", description = "Callers should not use it yet.")
    private boolean disabled;

    @Option(names = "--unhealthy", description = "It does not answer.")
    private boolean unhealthy;

    @Option(names = METADATA, paramLabel = "KEY=VALUE", description = "May be repeated, each key once.")
    private List<String> metadata = List.of();

    @Override
    public Integer call() throws InterruptedException {
        if (persistent && ephemeral.orElse(false)) {
            throw registry.usage("--ephemeral and --persistent (expected: one of the two)");
        }
        Durability durability = ephemeral.orElse(!persistent) ? Durability.EPHEMERAL : Durability.PERSISTENT;
        if (ifRevision.given() && durability == Durability.EPHEMERAL) {
            throw registry.usage(IfRevision.NAME + ": for an ephemeral instance (expected: --persistent with it)");
        }
        InstanceKey key = target.key();
        if (Address.isMistyped(key.ip())) {
            throw registry.usage(
                    "IP:PORT: '%s' (expected: an IPv4 or IPv6 address or a host name)".formatted(key.ip()));
        }
        Instance instance =
                new Instance(key, weight, !disabled, !unhealthy, durability, registry.entries(METADATA, metadata));
        switch (durability) {
            case PERSISTENT -> {
                try (NamingService client = registry.connect()) {
                    register(client, instance);
                }
            }
            case EPHEMERAL -> hold(instance);
        }
        return 0;
    }

    private void hold(Instance instance) throws InterruptedException {
        NamingService client = registry.connect();
        ExitHook.runThenExitCleanly(client::close);
        register(client, instance);
        if (!registry.json()) {
            registry.out().println("it lives as long as this command runs; Ctrl-C ends both");
        }
        registry.out().flush();
        new CountDownLatch(1).await();
    }

    private void register(NamingService client, Instance instance) {
        ServiceId service = target.service(client);
        Written written = client.register(service, instance, ifRevision.precondition());
        registry.reportWritten("registered", service, instance, written);
    }
}
