package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.GemelCommand;
import io.gemel.bootstrap.cli.Refusals;
import picocli.CommandLine;

/** Where the process begins: finds the command, runs it, exits with its code. */
public final class Main {
    private Main() {}

    /** Runs the command that {@code args} name. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Every command, ready to run. */
    static CommandLine commandLine() {
        CommandLine commandLine = GemelCommand.commandLine();
        commandLine.addSubcommand(ServerCommand.commandLine(System.getenv()));
        return Refusals.install(commandLine);
    }
}
