package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command has which reads or writes what is registered. */
final class Registry extends Servers {
    private static final int ANSWERS_WITHIN = 5;
    private static final int STARTS_WITHIN = 60;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait for an answer. Default: 5; with --wait 60")
    private @Nullable Integer timeoutSeconds;

    @Option(
            names = "--wait",
            description = "Wait for a server that is about to start, within --timeout; otherwise one that refuses the"
                    + " connection is an error at once.")
    private boolean awaitServer;

    @Option(names = "--namespace", paramLabel = "NAME", defaultValue = "public", description = "Default: public")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String namespace;

    /** Connects, or throws what the client refuses with. */
    NamingService connect() {
        log();
        int connectSeconds = timeoutSeconds != null ? timeoutSeconds : awaitServer ? STARTS_WITHIN : ANSWERS_WITHIN;
        int requestSeconds = timeoutSeconds != null ? timeoutSeconds : ANSWERS_WITHIN;
        checkTimeout(connectSeconds);
        try {
            return NamingService.connect(ClientOptions.of(servers())
                    .withNamespace(namespace)
                    .withConnectTimeout(Duration.ofSeconds(connectSeconds))
                    .withRequestTimeout(Duration.ofSeconds(requestSeconds))
                    .withAwaitServer(awaitServer)
                    .withClientName("gemel-cli " + Version.text()));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /** Says that there was nothing to clear. */
    void nothingSet(ServiceId service, String of) {
        if (json()) {
            JsonObject json = Json.service(service);
            json.addProperty("nothingSet", true);
            out().println(Json.line(json));
        } else {
            out().println("nothing is set for " + of + " of " + service + ", so nothing was cleared");
        }
        out().flush();
    }

    /** Says what a write did. */
    void reportWritten(String done, ServiceId service, Instance instance, Written written) {
        if (json()) {
            JsonObject json = Json.service(service);
            json.add("instance", Json.instance(instance));
            json.addProperty("revision", written.revision());
            out().println(Json.line(json));
        } else {
            out().println(done + " " + service + " " + InstanceText.line(instance) + " revision=" + written.revision());
        }
        out().flush();
    }
}
