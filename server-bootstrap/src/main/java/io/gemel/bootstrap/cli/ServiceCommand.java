package io.gemel.bootstrap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands that say what operators set for a service as a whole, and set it. */
@Command(
        name = "service",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Shows what is set for a service as a whole, and sets it.",
            "It is agreed on by the servers, applies to instances of both kinds, and stays until it is cleared."
        },
        footer = {
            "",
            "Examples:",
            "  gemel service show orders",
            "  gemel service set orders --protection-threshold=0.5 --metadata=owner=shop",
            "  gemel service clear orders"
        })
final class ServiceCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private ServiceCommand() {}

    /** The command with those that it groups. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new ServiceCommand());
        commandLine.addSubcommand(new ServiceShowCommand());
        commandLine.addSubcommand(new ServiceSetCommand());
        commandLine.addSubcommand(new ServiceClearCommand());
        return commandLine;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Refusals.USAGE;
    }
}
