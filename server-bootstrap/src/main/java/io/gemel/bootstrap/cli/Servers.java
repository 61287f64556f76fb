package io.gemel.bootstrap.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that every command has which speaks to servers: which, and how it prints what they say. */
class Servers {
    private static final String DEFAULT_PORT = "9848";

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

    /** The servers named, each as host:port. */
    final List<String> servers() {
        return servers.stream().map(Servers::withPort).toList();
    }

    private static String withPort(String server) {
        boolean hasPort = server.matches(".*[^:]:\\d+|\\[.*]:\\d+");
        return hasPort ? server : server + ":" + DEFAULT_PORT;
    }

    /** Logs as asked for; before anything that logs is loaded. */
    final void log() {
        if (verbose) {
            Logging.at("debug");
        } else {
            Logging.off();
        }
    }

    /** A refusal of the command line unless {@code seconds} can be waited for. */
    final void checkTimeout(int seconds) {
        if (seconds < 1 || seconds > 3600) {
            throw usage("--timeout: %d (expected: 1..3600 seconds)".formatted(seconds));
        }
    }

    /** A refusal of the command line. */
    final ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The entries that {@code option} was given; throws a refusal of the command line for what is none, and for a key that is there twice. */
    final Map<String, String> entries(String option, List<String> typed) {
        try {
            return Entries.of(typed, "KEY=VALUE");
        } catch (IllegalArgumentException e) {
            throw usage(option + ": " + e.getMessage());
        }
    }

    /** The names of the options that are on the command line. */
    final List<String> given() {
        return spec.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .toList();
    }

    final boolean json() {
        return format == Format.json;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
