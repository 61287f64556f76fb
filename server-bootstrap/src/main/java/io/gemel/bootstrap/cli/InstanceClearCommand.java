package io.gemel.bootstrap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes what operators set for an address. */
@Command(
        name = "clear",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {"Removes all that operators set for an address: the instance there is as it registered."},
        footer = {"", "Examples:", "  gemel instance clear orders 10.0.0.7:8080"})
final class InstanceClearCommand implements Callable<Integer> {
    @Mixin
    private final Overriding overriding = new Overriding();

    @Override
    public Integer call() {
        return overriding.clear();
    }
}
