package io.gemel.bootstrap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes callers use an address, whatever the instance there says. */
@Command(
        name = "enable",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Makes callers use the instance at an address, also if it registers as disabled, and leaves what else is set.",
            "To let it be as it registers instead: 'gemel instance clear'."
        },
        footer = {"", "Examples:", "  gemel instance enable orders 10.0.0.7:8080"})
final class InstanceEnableCommand implements Callable<Integer> {
    @Mixin
    private final Overriding overriding = new Overriding();

    @Override
    public Integer call() {
        return overriding.change("enabled", before -> before.withEnabled(true));
    }
}
