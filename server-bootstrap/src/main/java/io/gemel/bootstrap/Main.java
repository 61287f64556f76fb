package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.GemelCommand;
import io.gemel.bootstrap.cli.Refusals;
import io.gemel.bootstrap.demo.DemoCommand;
import java.security.Security;
import picocli.CommandLine;

/** Where the process begins: finds the command, runs it, exits with its code. */
public final class Main {
    private Main() {}

    /** Runs the command that {@code args} name. */
    public static void main(String[] args) {
        ParentWatch.begin();
        // Health checks need the reason why a name was not found, which the JVM does not keep; it reads this at the
        // first look-up.
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        System.exit(commandLine().execute(args));
    }

    /** Every command, ready to run. */
    static CommandLine commandLine() {
        CommandLine commandLine = GemelCommand.commandLine();
        commandLine.addSubcommand(ServerCommand.commandLine(System.getenv()));
        commandLine.addSubcommand(new DemoCommand());
        commandLine.addSubcommand(new RehearseCommand());
        return Refusals.install(commandLine);
    }
}
