package io.gemel.bootstrap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code gemel} itself: alone it shows what there is. */
@Command(
        name = "gemel",
        usageHelpWidth = 100,
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        description = "A service registry: ephemeral instances by Distro, persistent ones by Raft.",
        subcommandsRepeatable = false,
        footer = {
            "",
            "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no server reachable.",
            "",
            "Examples:",
            "  gemel demo                                       a tour of a three-node cluster",
            "  gemel server                                     one node, standalone",
            "  gemel register orders 10.0.0.7:8080              held until Ctrl-C",
            "  gemel register db 10.0.0.9:5432 --persistent     stays until deregistered",
            "  gemel get orders"
        })
public final class GemelCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private GemelCommand() {}

    /** The command with all that speak to a running cluster under it. */
    public static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new GemelCommand());
        commandLine.addSubcommand(new RegisterCommand());
        commandLine.addSubcommand(new DeregisterCommand());
        commandLine.addSubcommand(new GetCommand());
        commandLine.addSubcommand(new ServicesCommand());
        commandLine.addSubcommand(new WatchCommand());
        commandLine.addSubcommand(new StatusCommand());
        commandLine.addSubcommand(ServiceCommand.commandLine());
        commandLine.addSubcommand(InstanceCommand.commandLine());
        commandLine.addSubcommand(ClusterCommand.commandLine());
        commandLine.addSubcommand(new BackupCommand());
        commandLine.addSubcommand(new RestoreCommand());
        commandLine.addSubcommand(new MirrorCommand());
        commandLine.addSubcommand(new CompareCommand());
        return commandLine;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Refusals.USAGE;
    }
}
