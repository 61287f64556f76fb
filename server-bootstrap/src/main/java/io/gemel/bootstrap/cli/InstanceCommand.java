package io.gemel.bootstrap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands that set what operators want for an address of a service. */
@Command(
        name = "instance",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Sets what operators want for an address of a service, whatever the instance there registers with.",
            "It is agreed on by the servers, applies to instances of both kinds, outlives restarts and reconnects of clients and servers, and"
                    + " stays until it is cleared. 'gemel service show' tells what is set."
        },
        footer = {
            "",
            "Examples:",
            "  gemel instance disable orders 10.0.0.7:8080             callers leave it alone",
            "  gemel instance override orders 10.0.0.7:8080 --weight=5",
            "  gemel instance clear orders 10.0.0.7:8080               as it registered"
        })
final class InstanceCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private InstanceCommand() {}

    /** The command with those that it groups. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new InstanceCommand());
        commandLine.addSubcommand(new InstanceEnableCommand());
        commandLine.addSubcommand(new InstanceDisableCommand());
        commandLine.addSubcommand(new InstanceOverrideCommand());
        commandLine.addSubcommand(new InstanceClearCommand());
        return commandLine;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Refusals.USAGE;
    }
}
