package io.gemel.bootstrap.cli;

import com.google.gson.JsonArray;
import io.gemel.client.NamingService;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the services of a namespace that have instances. */
@Command(
        name = "services",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = "Prints the services of a namespace that have instances, sorted.",
        footer = {"", "Examples:", "  gemel services", "  gemel services --group=payments -o json"})
final class ServicesCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;

    @Mixin
    private final Registry registry = new Registry();

    @Option(
            names = "--group",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Only those of this group. Default: all")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String group;

    @Override
    public Integer call() {
        List<ServiceId> services;
        try (NamingService client = registry.connect()) {
            services = all(client, group);
        }
        print(services);
        return 0;
    }

    /** All services of the client's namespace that have instances, page by page. */
    static List<ServiceId> all(NamingService client, String group) {
        ServicePage page = client.services(group, PAGE);
        List<ServiceId> services = new ArrayList<>(page.services());
        while (page.more()) {
            page = client.services(group, services.get(services.size() - 1), PAGE);
            services.addAll(page.services());
        }
        return services;
    }

    private void print(List<ServiceId> services) {
        if (registry.json()) {
            JsonArray json = new JsonArray();
            services.forEach(service -> json.add(Json.service(service)));
            registry.out().println(Json.pretty(json));
        } else {
            Table table = new Table("GROUP", "SERVICE");
            services.forEach(service -> table.row(service.group(), service.name()));
            table.lines("").forEach(registry.out()::println);
        }
        registry.out().flush();
    }
}
