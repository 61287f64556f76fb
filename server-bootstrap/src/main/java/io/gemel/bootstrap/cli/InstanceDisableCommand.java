package io.gemel.bootstrap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes callers leave an address alone. */
@Command(
        name = "disable",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Makes callers leave the instance at an address alone, however often it registers, and leaves what else is set.",
            "It stays disabled until 'gemel instance enable' or 'clear'."
        },
        footer = {"", "Examples:", "  gemel instance disable orders 10.0.0.7:8080"})
final class InstanceDisableCommand implements Callable<Integer> {
    @Mixin
    private final Overriding overriding = new Overriding();

    @Override
    public Integer call() {
        return overriding.change("disabled", before -> before.withEnabled(false));
    }
}
