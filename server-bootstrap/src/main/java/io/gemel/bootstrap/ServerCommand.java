package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.Logging;
import io.gemel.bootstrap.cli.Refusals;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node until it is asked to end. Its options are the rows of {@link Setting#ALL}. */
@Command(
        name = "server",
        usageHelpWidth = 100,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs a node until Ctrl-C or SIGTERM.",
        customSynopsis = "gemel server [--SETTING=VALUE...] [--config=FILE] [--print-config]",
        footer = {
            "",
            "Each setting can be a flag (--data-dir=x), an environment variable (GEMEL_DATA_DIR=x) or a line",
            "(data-dir=x) of the file that --config or GEMEL_CONFIG names. A flag wins over the environment,",
            "that over the file, that over Nacos's variables (MODE, NACOS_SERVERS, NACOS_SERVER_IP,",
            "NACOS_APPLICATION_PORT), those over what the data directory remembers, that over the default. A",
            "data directory remembers the node's id, its cluster, and where it listened.",
            "",
            "Examples:",
            "  gemel server",
            "  gemel server --data-dir=/var/lib/gemel --log-level=warn",
            "  gemel server --node-id=s1 --members=s1=10.0.0.1:8848,s2=10.0.0.2:8848,s3=10.0.0.3:8848",
            "  gemel server --join=10.0.0.1:9848,10.0.0.2:9848 --host=10.0.0.4"
        })
final class ServerCommand implements Callable<Integer> {
    private final Map<String, String> environment;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "A file of key=value lines; '#' begins a comment.")
    private @Nullable Path config;

    @Option(names = "--print-config", description = "Prints every setting and where it comes from, then exits.")
    private boolean printConfig;

    private ServerCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The command, in a process with these environment variables. */
    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine commandLine = new CommandLine(new ServerCommand(environment));
        for (Setting<?> setting : Setting.ALL) {
            commandLine.getCommandSpec().addOption(option(setting));
        }
        return commandLine;
    }

    private static OptionSpec option(Setting<?> setting) {
        String byDefault = setting.defaultText().isEmpty() ? "" : " Default: " + setting.defaultText();
        return OptionSpec.builder(setting.flag())
                .paramLabel(setting.form().label())
                .type(String.class)
                .description(setting.description() + "." + byDefault)
                .build();
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            Settings given = Settings.resolve(flags(), environment, Optional.ofNullable(config));
            Logging.at(given.value(Setting.LOG_LEVEL)); // before anything that logs is loaded
            Optional<NodeIdentity> kept = NodeIdentity.kept(given.value(Setting.DATA_DIR));
            Settings listed = ClusterConf.complete(given, kept.map(NodeIdentity::nodeId), new LocalNames()::isHere);
            Settings settings = kept.map(identity -> identity.complete(listed)).orElse(listed);
            ServerConfig serverConfig = ServerConfig.of(settings, NodeIdentity.nodeId(settings, kept), kept);
            if (printConfig) {
                spec.commandLine().getOut().print(settings.print(serverConfig.derived()));
                spec.commandLine().getOut().flush();
                return 0;
            }
            settings.remarks().forEach(LoggerFactory.getLogger(ServerCommand.class)::warn);
            EventLoops.limit();
            return Server.run(serverConfig, spec.commandLine().getOut());
        } catch (StartRefused refusal) {
            Refusals.print(
                    spec.commandLine().getErr(),
                    refusal.code().name(),
                    String.valueOf(refusal.getMessage()),
                    refusal.whatToDo());
            return refusal.code().usage() ? Refusals.USAGE : Refusals.REFUSED;
        }
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new HashMap<>();
        for (Setting<?> setting : Setting.ALL) {
            if (spec.commandLine().getParseResult().hasMatchedOption(setting.flag())) {
                String text = spec.commandLine().getParseResult().matchedOptionValue(setting.flag(), "");
                flags.put(setting.name(), text);
            }
        }
        return flags;
    }
}
