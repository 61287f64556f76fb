package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.client.NamingService;
import io.gemel.client.ServiceEvent;
import io.gemel.client.ServicesEvent;
import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints how the instances of one service change, or which services come and go. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Prints a line for each instance of a service that is added, removed or changed, until Ctrl-C; first what"
                    + " is",
            "there. With --services a line for each service that gets its first instance or loses its last one."
        },
        footer = {
            "",
            "Examples:",
            "  gemel watch orders",
            "  gemel watch orders -o json",
            "  gemel watch --services",
            "  gemel watch --services ord --group=shop"
        })
final class WatchCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SERVICE",
            defaultValue = "",
            description = "The service's name; with --services what names begin with, if not all are wanted.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(names = "--services", description = "Follow which services there are.")
    private boolean services;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Default: DEFAULT_GROUP, with --services all")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String group;

    @Override
    public Integer call() throws InterruptedException {
        if (name.isEmpty() && !services) {
            throw registry.usage("Missing required parameter: 'SERVICE' (or --services)");
        }
        try (NamingService client = registry.connect()) {
            ExitHook.runThenExitCleanly(client::close);
            if (services) {
                watching("services " + (group.isEmpty() ? "" : group + "/") + name + "*");
                client.subscribeServices(group, name, this::print);
            } else {
                ServiceId service = client.service(group.isEmpty() ? ServiceId.DEFAULT_GROUP : group, name);
                watching(service.toString());
                client.subscribe(service, this::print);
            }
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private void watching(String what) {
        if (!registry.json()) {
            registry.out().println("watching " + what + "; Ctrl-C ends it");
            registry.out().flush();
        }
    }

    private void print(ServicesEvent event) {
        printServices("removed", event.removed());
        printServices("added", event.added());
        if (event.services().isEmpty() && !registry.json()) {
            registry.out().println("no service has instances");
        }
        registry.out().flush();
    }

    private void printServices(String what, List<ServiceId> changed) {
        for (ServiceId service : changed) {
            if (registry.json()) {
                JsonObject json = new JsonObject();
                json.addProperty("event", what);
                json.add("service", Json.service(service));
                registry.out().println(Json.line(json));
            } else {
                registry.out().println("%-7s %s".formatted(what, service));
            }
        }
    }

    private void print(ServiceEvent event) {
        print("removed", event.removed(), instance -> Optional.empty());
        print("changed", event.changed(), instance -> event.view().find(instance.key()));
        print("added", event.added(), instance -> event.view().find(instance.key()));
        if (event.instances().isEmpty() && !registry.json()) {
            registry.out().println("nothing is registered");
        }
        registry.out().flush();
    }

    private void print(String what, List<Instance> instances, Function<Instance, Optional<Registration>> shown) {
        for (Instance instance : instances) {
            boolean suspect =
                    shown.apply(instance).filter(Registration::suspect).isPresent();
            boolean unselected =
                    shown.apply(instance).filter(Registration::unselected).isPresent();
            if (registry.json()) {
                JsonObject json = new JsonObject();
                json.addProperty("event", what);
                JsonObject told = Json.instance(instance);
                told.addProperty("suspect", suspect);
                told.addProperty("unselected", unselected);
                json.add("instance", told);
                registry.out().println(Json.line(json));
            } else {
                registry.out()
                        .println("%-7s %s%s%s"
                                .formatted(
                                        what,
                                        InstanceText.line(instance),
                                        suspect ? " suspect" : "",
                                        unselected ? " not selected" : ""));
            }
        }
    }
}
