package io.gemel.it.faults.run;

import io.gemel.bootstrap.cli.Logging;
import io.gemel.bootstrap.cli.Refusals;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.stage.PrivateNamespace;
import io.gemel.it.faults.workload.Workload;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code gemel faults}: a real cluster, real clients, real faults, and a verdict. */
@Command(
        name = "gemel faults",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        sortOptions = false,
        description = {
            "Starts real servers and real clients, injects faults, heals them, and checks every promise.",
            "Exit codes: 0 every check holds; 1 one does not; 2 bad usage; 3 the run could not be carried out;",
            "4 no fault could be injected here; 5 too little happened to judge."
        })
public final class FaultsCommand implements Callable<Integer> {
    private static final int NO_RUN = 3;
    static final int NOTHING_INJECTED = 4;
    static final int UNDECIDED = 5;
    private static final int SEED_MAX = 1_000_000;
    private static final Duration TIME_MIN = Duration.ofSeconds(2);
    private static final Duration TIME_MAX = Duration.ofHours(24);

    private final Catalogue catalogue = new Catalogue();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--list", description = "Lists all workloads, nemeses and checks, and exits.")
    private boolean list;

    @Option(names = "--workload", paramLabel = "W", description = "What clients do. Default: mixed; of --soak: all")
    private @Nullable String workload;

    @Option(
            names = "--nemesis",
            paramLabel = "N",
            split = ",",
            description = "Which faults happen, several joined by commas. Default: random; of --soak: all")
    private List<String> nemeses = new ArrayList<>();

    @Option(
            names = "--time",
            paramLabel = "T",
            defaultValue = "20s",
            description = "How long faults happen: 10s, 5m. Default: 20s")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String time;

    @Option(names = "--seed", paramLabel = "S", description = "The same seed gives the same faults. Default: by lot")
    private @Nullable Long seed;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3", description = "3 or 5 servers. Default: 3")
    private int nodes;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the run leaves its traces. Default: ./data/faults/WORKLOAD-NEMESIS-SEED")
    private @Nullable Path out;

    @Option(
            names = "--network",
            paramLabel = "KIND",
            defaultValue = "auto",
            description = "namespaces, proxies, or auto: namespaces where they are allowed. Default: auto")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String network;

    @Option(
            names = "--restarts",
            negatable = true,
            description = "Restarts every server once after the faults. Default: if --time is 10s or more")
    private @Nullable Boolean restarts;

    @Option(names = "--check", paramLabel = "DIR", description = "Judges an old run again, and exits.")
    private @Nullable Path check;

    @Option(
            names = "--soak",
            paramLabel = "T",
            description = "Runs all workloads with all nemeses, then combinations, until the time is up: 2h")
    private @Nullable String soak;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "With --soak: at most so many runs.")
    private int runs;

    @Option(names = "--quiet", description = "Prints no progress.")
    private boolean quiet;

    @Option(names = "--bug", paramLabel = "NAME", hidden = true, defaultValue = "", description = "A seeded bug.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String bug;

    private FaultsCommand() {}

    /** Does what {@code args} ask for. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return Refusals.install(new CommandLine(new FaultsCommand()));
    }

    @Override
    public Integer call() {
        Logging.at("error");
        PrintWriter printer = spec.commandLine().getOut();
        if (list) {
            new Listing(catalogue).print(printer);
            return 0;
        }
        try {
            return check == null ? run(printer) : judge(check, printer);
        } catch (IllegalStateException | UncheckedIOException failure) {
            Refusals.print(
                    spec.commandLine().getErr(),
                    "CANNOT_RUN",
                    String.valueOf(failure.getMessage()),
                    "correct what it names, and run again; nothing was shown about Gemel");
            return NO_RUN;
        }
    }

    private int run(PrintWriter printer) {
        Asked asked = asked();
        Optional<Duration> soaking = Optional.ofNullable(soak).map(text -> length("--soak", text));
        if (asked.nemeses().isEmpty()) {
            asked.unavailable().forEach((nemesis, why) -> printer.println("skipped    " + nemesis + ": " + why));
            printer.println("SKIPPED: none of the faults can be injected here, so nothing was shown.");
            printer.flush();
            return NOTHING_INJECTED;
        }
        if (!network.equals("proxies") && !PrivateNamespace.inside()) {
            Optional<String> why = PrivateNamespace.unavailable();
            if (why.isEmpty()) {
                return again(asked.seed());
            }
            if (network.equals("namespaces")) {
                throw new IllegalStateException(why.get());
            }
        }
        Runner runner = new Runner(asked, catalogue, printer, quiet);
        if (soaking.isPresent()) {
            return runner.soak(soaking.get(), runs) ? 0 : Refusals.REFUSED;
        }
        return exitCode(runner.single());
    }

    /** Runs this command once more, where it has a network of its own, with the seed that was chosen here. */
    private int again(long chosen) {
        List<String> arguments =
                new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
        if (seed == null) {
            arguments.add("--seed=" + chosen);
        }
        return PrivateNamespace.run(PrivateNamespace.java(FaultsCommand.class, arguments));
    }

    private int judge(Path dir, PrintWriter printer) {
        OldRun old;
        try {
            old = OldRun.read(dir.toAbsolutePath(), catalogue);
        } catch (IllegalArgumentException e) {
            throw refuse("--check: " + e.getMessage());
        }
        Summary summary = old.judge();
        Runner.print(summary, printer);
        return exitCode(summary);
    }

    private static int exitCode(Summary summary) {
        if (summary.nothingInjected()) {
            return NOTHING_INJECTED;
        }
        if (summary.passed()) {
            return 0;
        }
        return summary.violated() ? Refusals.REFUSED : UNDECIDED;
    }

    private Asked asked() {
        if (nodes != 3 && nodes != 5) {
            throw refuse("--nodes: %d (expected: 3 or 5)".formatted(nodes));
        }
        if (runs < 1) {
            throw refuse("--runs: %d (expected: 1 or more)".formatted(runs));
        }
        if (!List.of(RunPlan.ANY_NETWORK, "namespaces", "proxies").contains(network)) {
            throw refuse("--network: '%s' (expected: auto, namespaces or proxies)".formatted(network));
        }
        Duration length = length("--time", time);
        if (out != null && Files.exists(out) && !RunFiles.holdsARun(out)) {
            throw refuse(
                    "--out: %s holds something else (expected: a new directory, or that of an old run)".formatted(out));
        }
        if (!bug.isEmpty() && catalogue.mutant(bug).isEmpty()) {
            throw refuse("--bug: '%s' is no seeded bug".formatted(bug));
        }
        boolean soaking = soak != null;
        List<Workload> workloads = workload == null
                ? soaking ? catalogue.workloads() : List.of(workload("mixed"))
                : List.of(workload(workload));
        List<Nemesis> named = nemeses.isEmpty()
                ? soaking ? catalogue.nemeses() : List.of(nemesis("random"))
                : new LinkedHashSet<>(nemeses).stream().map(this::nemesis).toList();
        Map<String, String> unavailable = new LinkedHashMap<>();
        named.forEach(one -> one.unavailable().ifPresent(why -> unavailable.put(one.name(), why)));
        return new Asked(
                workloads,
                named.stream()
                        .filter(one -> !unavailable.containsKey(one.name()))
                        .toList(),
                unavailable,
                seed == null ? 1 + new SecureRandom().nextInt(SEED_MAX) : seed,
                length,
                nodes,
                network,
                bug,
                restarts == null ? RunPlan.restartsByDefault(length) : restarts,
                Optional.ofNullable(out));
    }

    private Duration length(String option, String text) {
        Optional<Duration> length = TimeText.read(text);
        if (length.isEmpty()
                || length.get().compareTo(TIME_MIN) < 0
                || length.get().compareTo(TIME_MAX) > 0) {
            throw refuse("%s: '%s' (expected: 2s to 24h, such as 20s, 5m or 2h)".formatted(option, text));
        }
        return length.get();
    }

    private Workload workload(String name) {
        return catalogue
                .workload(name)
                .orElseThrow(() -> refuse("--workload: '%s' (expected: %s)"
                        .formatted(
                                name,
                                catalogue.workloads().stream()
                                        .map(Workload::name)
                                        .collect(Collectors.joining(", ")))));
    }

    private Nemesis nemesis(String name) {
        return catalogue
                .nemesis(name)
                .orElseThrow(() -> refuse("--nemesis: '%s' (expected: %s)"
                        .formatted(
                                name,
                                catalogue.nemeses().stream().map(Nemesis::name).collect(Collectors.joining(", ")))));
    }

    private ParameterException refuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
