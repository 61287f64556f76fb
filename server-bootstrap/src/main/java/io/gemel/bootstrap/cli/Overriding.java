package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.client.NamingService;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.OperatorState;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Versioned;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;

/** What the commands have in common that set something for an address: the options, the write, and what they say of it. */
final class Overriding {
    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final InstanceTarget target = new InstanceTarget();

    Registry registry() {
        return registry;
    }

    /** Changes what is set for the address and says so, beginning with {@code done}; the exit code. */
    int change(String done, UnaryOperator<InstanceOverride> change) {
        InstanceKey key = target.key();
        try (NamingService client = registry.connect()) {
            ServiceId service = target.service(client);
            report(client, done, service, Amendment.ofOverride(client.operator(), service, key, change));
        }
        return 0;
    }

    /** Removes all that is set for the address and says so; the exit code. */
    int clear() {
        InstanceKey key = target.key();
        try (NamingService client = registry.connect()) {
            ServiceId service = target.service(client);
            if (client.operator()
                    .describe(service, ReadLevel.LINEARIZABLE)
                    .state()
                    .find(key)
                    .isEmpty()) {
                registry.nothingSet(service, key.toString());
                return 0;
            }
            long revision = client.operator()
                    .clearOverride(service, key, Precondition.NONE)
                    .revision();
            report(client, "cleared", service, new Versioned<>(InstanceOverride.NONE, revision));
        }
        return 0;
    }

    private void report(NamingService client, String done, ServiceId service, Versioned<InstanceOverride> now) {
        InstanceKey key = target.key();
        if (registry.json()) {
            JsonObject json = Json.service(service);
            json.add("instance", OperatorText.json(key));
            json.add("override", OperatorText.json(now.value()));
            json.addProperty("revision", now.revision());
            registry.out().println(Json.line(json));
        } else {
            registry.out()
                    .println("%s %s %s: %s revision=%d"
                            .formatted(done, service, key, OperatorText.line(now.value()), now.revision()));
            if (!now.value().isEmpty() && waits(client, service, key, now.revision())) {
                registry.out().println("nothing is registered there now; it applies once something is");
            }
        }
        registry.out().flush();
    }

    private static boolean waits(NamingService client, ServiceId service, InstanceKey key, long revision) {
        ServiceDescription description = client.operator().describe(service, ReadLevel.atLeast(revision));
        return description
                .state()
                .find(key)
                .flatMap(OperatorState.Overridden::registered)
                .isEmpty();
    }
}
