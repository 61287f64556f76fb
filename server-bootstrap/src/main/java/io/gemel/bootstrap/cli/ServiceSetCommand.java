package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sets what operators want for a service as a whole. */
@Command(
        name = "set",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Sets something for a service as a whole, and leaves what else is set. The service need not have instances"
                    + " yet.",
            "If a smaller share of its enabled instances than the protection threshold is healthy, callers use the"
                    + " unhealthy ones too: to send all traffic to the few that are left would take these down as well.",
            "The name _namespace stands for all services of the namespace; of it the guard alone can be set."
        },
        footer = {
            "",
            "Examples:",
            "  gemel service set orders --protection-threshold=0.5",
            "  gemel service set orders --metadata=owner=shop --remove-metadata=team",
            "  gemel service set orders --check=http:/health --check-interval=2000",
            "  gemel service set orders --check=none",
            "  gemel service set orders --selector=version=2",
            "  gemel service set _namespace --guard=dry-run"
        })
final class ServiceSetCommand implements Callable<Integer> {
    private static final String METADATA = "--metadata";

    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final Target target = new Target();

    @Option(names = "--protection-threshold", paramLabel = "SHARE", description = "0..1; 0 for none.")
    private Optional<Double> threshold = Optional.empty();

    @Option(
            names = METADATA,
            paramLabel = "KEY=VALUE",
            description = "An entry to set. May be repeated, each key once.")
    private List<String> metadata = List.of();

    @Option(names = "--remove-metadata", paramLabel = "KEY", description = "An entry to remove. May be repeated.")
    private List<String> removed = List.of();

    @Option(
            names = "--guard",
            paramLabel = "MODE",
            converter = GuardWord.Reader.class,
            description = {
                "Whether ephemeral instances that are lost together, without their clients' word, stay listed as"
                        + " suspect for a while: on, off, dry-run (status and log say what would have stayed), or default"
                        + " (as is set for the namespace, else as the servers' settings say)."
            })
    private Optional<GuardWord> guard = Optional.empty();

    @Mixin
    private final CheckOptions check = new CheckOptions();

    @Mixin
    private final SelectorOptions selector = new SelectorOptions();

    @Override
    public Integer call() {
        if (!check.given()) {
            registry.given().stream()
                    .filter(option -> option.startsWith("--check-"))
                    .findFirst()
                    .ifPresent(option -> {
                        throw registry.usage(
                                option + ": without --check (expected: --check=KIND with it; it sets the whole check)");
                    });
        }
        if (threshold.isEmpty()
                && metadata.isEmpty()
                && removed.isEmpty()
                && guard.isEmpty()
                && !check.given()
                && !selector.given()) {
            throw registry.usage("nothing to set (expected: --protection-threshold, --metadata, --remove-metadata,"
                    + " --guard, --check or --selector)");
        }
        Map<String, String> entries = registry.entries(METADATA, metadata);
        try (NamingService client = registry.connect()) {
            ServiceId service = target.service(client);
            var now = Amendment.ofService(client.operator(), service, before -> changed(before, entries));
            if (registry.json()) {
                var json = Json.service(service);
                json.add("settings", OperatorText.json(now.value()));
                json.addProperty("revision", now.revision());
                registry.out().println(Json.line(json));
            } else {
                registry.out()
                        .println("set " + service + " " + OperatorText.line(now.value()) + " revision="
                                + now.revision());
            }
            registry.out().flush();
        }
        return 0;
    }

    private ServiceSettings changed(ServiceSettings before, Map<String, String> entries) {
        Map<String, String> after = new HashMap<>(before.metadata());
        after.putAll(entries);
        removed.forEach(after::remove);
        return before.withMetadata(after)
                .withProtectionThreshold(threshold.orElse(before.protectionThreshold()))
                .withTyped(selector.changed(check.changed(before.typed())))
                .withGuard(guard.map(GuardWord::mode).orElse(before.guard()));
    }
}
