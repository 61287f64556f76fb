package io.gemel.bootstrap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands that say who the members of a cluster are, and change it. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Shows who the members of the cluster are, and changes it while it runs.",
            "One change at a time; each may be asked for again if its outcome is not known. A change that would leave too few"
                    + " reachable voters to go on is refused. The id of a removed node is never used again."
        },
        footer = {
            "",
            "Examples:",
            "  gemel cluster list                                 who the members are",
            "  gemel server --join=10.0.0.1:9848 --host=10.0.0.4  on a new machine: adds itself",
            "  gemel cluster remove s2                            a node goes for good",
            "  gemel cluster replace s2 s4=10.0.0.4:8848          one comes, waits until it votes, the other goes",
            "  gemel cluster transfer-leader s3                   before s1, the leader, is maintained",
            "  gemel cluster recover --keep=s3                    a majority is lost: what would be lost with it"
        })
final class ClusterCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private ClusterCommand() {}

    /** The command with those that it groups. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new ClusterCommand());
        commandLine.addSubcommand(new ClusterListCommand());
        commandLine.addSubcommand(new ClusterAddCommand());
        commandLine.addSubcommand(new ClusterRemoveCommand());
        commandLine.addSubcommand(new ClusterReplaceCommand());
        commandLine.addSubcommand(new ClusterTransferCommand());
        commandLine.addSubcommand(new ClusterRecoverCommand());
        return commandLine;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Refusals.USAGE;
    }
}
