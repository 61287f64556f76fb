package io.gemel.bootstrap.cli;

import io.gemel.naming.RegistryException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says on stderr what was refused, why, and what to do: two lines, never a stack trace.
 *
 * <p>The exit code tells scripts who should act: {@link #REFUSED}, {@link #USAGE} or {@link #UNREACHABLE}.
 */
public final class Refusals {
    /** The registry, or the machine, said no. */
    public static final int REFUSED = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** No server answered. */
    public static final int UNREACHABLE = 3;

    private Refusals() {}

    /** Makes {@code commandLine} and its subcommands report in this way. */
    public static CommandLine install(CommandLine commandLine) {
        return commandLine
                .setParameterExceptionHandler((failure, args) -> usage(failure))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(command.getErr(), failure));
    }

    /** Writes the two lines. */
    public static void print(PrintWriter err, String code, String cause, String whatToDo) {
        err.println("error " + code + ": " + cause);
        err.println("do: " + whatToDo);
        err.flush();
    }

    private static int failed(PrintWriter err, Exception failure) throws Exception {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RegistryException refusal) {
            print(
                    err,
                    refusal.code().name(),
                    String.valueOf(refusal.getMessage()),
                    refusal.code().whatToDo());
            return refusal.code() == RegistryException.Code.UNAVAILABLE ? UNREACHABLE : REFUSED;
        }
        throw failure; // our bug: let picocli show it in full
    }

    private static int usage(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        String help = "see '" + command.getCommandSpec().qualifiedName() + " --help'";
        if (failure instanceof UnmatchedArgumentException unmatched) {
            String typed = unmatched.getUnmatched().get(0);
            boolean option = typed.startsWith("-");
            Collection<String> known =
                    option ? options(command) : command.getSubcommands().keySet();
            Optional<String> meant = Suggestion.nearest(typed.replaceFirst("=.*", ""), known);
            print(
                    command.getErr(),
                    "USAGE",
                    "%s '%s' is unknown".formatted(option ? "option" : known.isEmpty() ? "argument" : "command", typed),
                    meant.map(name -> "did you mean " + name + "?").orElse(help));
        } else {
            print(command.getErr(), "USAGE", String.valueOf(failure.getMessage()), help);
        }
        return USAGE;
    }

    private static List<String> options(CommandLine command) {
        List<String> names = new ArrayList<>();
        command.getCommandSpec().options().forEach(option -> names.addAll(List.of(option.names())));
        return names;
    }
}
