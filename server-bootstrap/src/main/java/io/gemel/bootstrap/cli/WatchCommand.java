package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.client.NamingService;
import io.gemel.client.ServiceEvent;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints how the instances of one service change. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description =
                "Prints a line for each instance that is added, removed or changed, until Ctrl-C; first what is there.",
        footer = {"", "Examples:", "  gemel watch orders", "  gemel watch orders -o json"})
final class WatchCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final Target target = new Target();

    @Override
    public Integer call() throws InterruptedException {
        try (NamingService client = registry.connect()) {
            ServiceId service = target.service(client);
            ExitHook.runThenExitCleanly(client::close);
            if (!registry.json()) {
                registry.out().println("watching " + service + "; Ctrl-C ends it");
                registry.out().flush();
            }
            client.subscribe(service, this::print);
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private void print(ServiceEvent event) {
        print("removed", event.removed());
        print("changed", event.changed());
        print("added", event.added());
        if (event.instances().isEmpty() && !registry.json()) {
            registry.out().println("nothing is registered");
        }
        registry.out().flush();
    }

    private void print(String what, List<Instance> instances) {
        for (Instance instance : instances) {
            if (registry.json()) {
                JsonObject json = new JsonObject();
                json.addProperty("event", what);
                json.add("instance", Json.instance(instance));
                registry.out().println(Json.line(json));
            } else {
                registry.out().println("%-7s %s".formatted(what, InstanceText.line(instance)));
            }
        }
    }
}
