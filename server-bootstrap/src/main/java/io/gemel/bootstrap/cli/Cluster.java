package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that every command has which speaks to a running cluster. */
final class Cluster {
    static final String DEFAULT_PORT = "9848";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "${env:GEMEL_SERVER:-127.0.0.1:9848}",
            description = "One or more servers of the cluster; GEMEL_SERVER sets it too. Default: 127.0.0.1:9848")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> servers;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long to wait for an answer. Default: 5")
    private int timeoutSeconds;

    @Option(
            names = "--wait",
            description = "Wait for a server that is about to start, within --timeout; otherwise one that refuses the"
                    + " connection is an error at once.")
    private boolean awaitServer;

    @Option(names = "--namespace", paramLabel = "NAME", defaultValue = "public", description = "Default: public")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String namespace;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table or json. Default: table")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Format format;

    @Option(
            names = {"-v", "--verbose"},
            description = "Logs to stderr what the client does.")
    private boolean verbose;

    /** How results are printed. */
    enum Format {
        table,
        json
    }

    /** Connects, or throws what the client refuses with. */
    NamingService connect() {
        if (verbose) {
            Logging.at("debug");
        } else {
            Logging.off();
        }
        if (timeoutSeconds < 1 || timeoutSeconds > 3600) {
            throw usage("--timeout: %d (expected: 1..3600 seconds)".formatted(timeoutSeconds));
        }
        Duration timeout = Duration.ofSeconds(timeoutSeconds);
        try {
            return NamingService.connect(
                    ClientOptions.of(servers.stream().map(Cluster::withPort).toList())
                            .withNamespace(namespace)
                            .withConnectTimeout(timeout)
                            .withRequestTimeout(timeout)
                            .withAwaitServer(awaitServer)
                            .withClientName("gemel-cli " + Version.text()));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private static String withPort(String server) {
        boolean hasPort = server.matches(".*[^:]:\\d+|\\[.*]:\\d+");
        return hasPort ? server : server + ":" + DEFAULT_PORT;
    }

    /** A refusal of the command line. */
    ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    boolean json() {
        return format == Format.json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
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
