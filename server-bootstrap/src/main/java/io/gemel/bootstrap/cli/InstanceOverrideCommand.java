package io.gemel.bootstrap.cli;

import io.gemel.naming.InstanceOverride;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sets weight and metadata of an address over what the instance there says. */
@Command(
        name = "override",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description =
                "Sets weight and metadata over what the instance at an address registers with, and leaves what else is set.",
        footer = {
            "",
            "Examples:",
            "  gemel instance override orders 10.0.0.7:8080 --weight=5",
            "  gemel instance override orders 10.0.0.7:8080 --metadata=canary=true --remove-metadata=note"
        })
final class InstanceOverrideCommand implements Callable<Integer> {
    private static final String METADATA = "--metadata";

    @Mixin
    private final Overriding overriding = new Overriding();

    @Option(names = "--weight", paramLabel = "N", description = "Its share of the traffic, 0..10000.")
    private Optional<Double> weight = Optional.empty();

    @Option(
            names = METADATA,
            paramLabel = "KEY=VALUE",
            description = "An entry to put over those of the instance. May be repeated, each key once.")
    private List<String> metadata = List.of();

    @Option(
            names = "--remove-metadata",
            paramLabel = "KEY",
            description = "An entry to put no longer over those of the instance. May be repeated.")
    private List<String> removed = List.of();

    @Override
    public Integer call() {
        if (weight.isEmpty() && metadata.isEmpty() && removed.isEmpty()) {
            throw overriding
                    .registry()
                    .usage("nothing to override (expected: --weight, --metadata or --remove-metadata)");
        }
        Map<String, String> entries = overriding.registry().entries(METADATA, metadata);
        return overriding.change("overridden", before -> changed(before, entries));
    }

    private InstanceOverride changed(InstanceOverride before, Map<String, String> entries) {
        Map<String, String> after = new HashMap<>(before.metadata());
        after.putAll(entries);
        removed.forEach(after::remove);
        InstanceOverride changed = before.withMetadata(after);
        return weight.isPresent() ? changed.withWeight(weight.get()) : changed;
    }
}
