package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import io.gemel.transport.nacos.NacosRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says in what a Nacos registry and this one differ. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Reads a namespace of a running Nacos registry and of this one, and prints each instance that differs.",
            "Exit code 0 if none does, 1 otherwise. The marks that 'gemel mirror' makes do not count."
        },
        footer = {"", "Examples:", "  gemel compare --from=nacos://10.0.0.1:8848 --namespace=public"})
final class CompareCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final NacosSource source = new NacosSource();

    @Override
    public Integer call() {
        NacosRegistry nacos = open();
        try (NamingService gemel = registry.connect()) {
            NacosRegistry.Catalog catalog = nacos.services(gemel.options().namespace());
            Set<ServiceId> services = new TreeSet<>(catalog.services());
            services.addAll(ServicesCommand.all(gemel, ""));
            Table table = new Table("GROUP", "SERVICE", "ADDRESS", "DIFFERENCE");
            int differences = catalog.unreadable().size();
            catalog.unreadable().forEach(problem -> table.row("", "", "", "cannot be here: " + problem));
            for (ServiceId service : services) {
                Optional<NacosRegistry.Listed> listed = nacos.find(service);
                List<String> unreadable =
                        listed.map(NacosRegistry.Listed::unreadable).orElse(List.of());
                unreadable.forEach(
                        problem -> table.row(service.group(), service.name(), "", "cannot be here: " + problem));
                differences += unreadable.size();
                List<Instance> there =
                        listed.map(NacosRegistry.Listed::instances).orElse(List.of());
                List<Instance> here = gemel.instances(service, ReadLevel.LOCAL);
                for (Differences.Difference one : Differences.of(there, here)) {
                    table.row(service.group(), service.name(), one.key(), one.what());
                    differences++;
                }
            }
            if (differences > 0) {
                table.lines("").forEach(registry.out()::println);
            }
            registry.out().println("%d services, %d differences".formatted(services.size(), differences));
            registry.out().flush();
            return differences == 0 ? 0 : Refusals.REFUSED;
        } catch (IOException e) {
            throw source.unreadable(e);
        }
    }

    private NacosRegistry open() {
        try {
            return source.open();
        } catch (IllegalArgumentException e) {
            throw registry.usage(String.valueOf(e.getMessage()));
        }
    }
}
