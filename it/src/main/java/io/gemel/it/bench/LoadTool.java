package io.gemel.it.bench;

import io.gemel.bootstrap.cli.Logging;
import io.gemel.bootstrap.cli.Refusals;
import io.gemel.naming.Durability;
import io.gemel.naming.ReadLevel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code gemel bench}: starts servers, measures them, prints figures. */
@Command(
        name = "gemel bench",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        sortOptions = false,
        description = {
            "Starts real servers on loopback ports, drives them from this one process, and prints figures:",
            "medians with [min-max]. Servers and driver share this machine's cores; Linux only."
        })
public final class LoadTool implements Callable<Integer> {
    private static final EtcdProgram ETCD =
            EtcdProgram.on(Optional.ofNullable(System.getenv("PATH")).orElse(""));

    private static final List<Measure> MEASURES = List.of(
            new StartMeasure(1),
            new StartMeasure(3),
            new MemoryMeasure(1),
            new MemoryMeasure(3),
            new RegisterMeasure(Durability.EPHEMERAL, 1),
            new RegisterMeasure(Durability.EPHEMERAL, 3),
            new RegisterMeasure(Durability.PERSISTENT, 1),
            new RegisterMeasure(Durability.PERSISTENT, 3),
            new EtcdPutMeasure(ETCD),
            new FindMeasure(1, ReadLevel.LOCAL),
            new FindMeasure(3, ReadLevel.LINEARIZABLE),
            new EtcdRangeMeasure(ETCD),
            new EchoMeasure(EchoMeasure.Kind.STREAM),
            new EchoMeasure(EchoMeasure.Kind.UNARY),
            new WatchMeasure(Durability.EPHEMERAL, true),
            new WatchMeasure(Durability.EPHEMERAL, false),
            new WatchMeasure(Durability.PERSISTENT, false),
            new RollingMeasure(),
            new FailoverMeasure(Durability.PERSISTENT, false),
            new FailoverMeasure(Durability.PERSISTENT, true),
            new FailoverMeasure(Durability.EPHEMERAL, true),
            new KilledServerMeasure(),
            new NacosStartMeasure(),
            new NacosRegisterMeasure(false),
            new NacosRegisterMeasure(true),
            new NacosFindMeasure(),
            new NacosPersistentMeasure(),
            new NacosWatchMeasure(true),
            new NacosWatchMeasure(false),
            new SizeMeasure(),
            new EphemeralSizeMeasure(),
            new NacosSizeMeasure());

    private final List<Measure> measures;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MEASURE",
            description = "What to measure; if none is named all but size-*, nacos-size-* and killed-*. See --list.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "Lists the measures and exits.")
    private boolean list;

    @Option(
            names = "--callers",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,64",
            description = "Concurrent callers of each load. Default: 1,64")
    private List<Integer> callers = new ArrayList<>();

    @Option(
            names = "--alternate",
            description = "Takes the measures in turn for each number of callers, and prints one table: to compare.")
    private boolean alternate;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "4",
            description = "Clients at each server, when there are many callers. Default: 4")
    private int clientsPerNode;

    @Option(
            names = "--windows",
            paramLabel = "N",
            defaultValue = "5",
            description = "Windows of each load that count. Default: 5")
    private int windows;

    @Option(
            names = "--window",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "Length of a window. Default: 1000")
    private int windowMillis;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long a load runs before its first window: servers compile for that long. Default: 60")
    private int warmUpSeconds;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description = "Starts and crashes of each kind. Default: 7")
    private int rounds;

    @Option(
            names = "--instances",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Persistent instances that size-* registers. Default: 1000000")
    private int instances;

    @Option(
            names = "--heap-max",
            paramLabel = "MIB",
            defaultValue = "1144",
            description = "Largest heap (-Xmx) of each server of size-*. Default: 1144, which is 1.2 GB")
    private int heapMebibytes;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Changes per second of watch-ephemeral-*. Default: 1000")
    private int perSecond;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            split = ",",
            defaultValue = "100,10000",
            description = "Sessions of size-ephemeral-1, one setup after the other. Default: 100,10000")
    private List<Integer> sessions = new ArrayList<>();

    @Option(
            names = "--ephemeral",
            paramLabel = "N",
            defaultValue = "100000",
            description =
                    "Instances of size-ephemeral-1, nacos-size-1 and, at most 20000, nacos-register-1. Default: 100000")
    private int ephemeral;

    @Option(
            names = "--replaced",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Instances that rolling-ephemeral replaces. Default: 1000")
    private int replaced;

    @Option(
            names = "--watchers",
            paramLabel = "N",
            defaultValue = "200",
            description = "Watchers of rolling-ephemeral. Default: 200")
    private int watchers;

    @Option(
            names = "--held",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Sessions of the server that killed-ephemeral-3 kills. Default: 5000")
    private int held;

    @Option(
            names = "--others-max",
            paramLabel = "PERCENT",
            defaultValue = "15",
            description = "A window counts if other processes use at most so much of the machine. Default: 15")
    private int othersMaxPercent;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "./data/bench",
            description = "Where servers keep their data meanwhile, on the disk to measure. Default: ./data/bench")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path dataDir;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table or json. Default: table")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Format format;

    private LoadTool(List<Measure> measures) {
        this.measures = measures;
    }

    /** How results are printed. */
    enum Format {
        table,
        json
    }

    /** Measures what {@code args} name. */
    public static void main(String[] args) {
        System.exit(commandLine(MEASURES).execute(args));
    }

    /** The command, for these measures. */
    static CommandLine commandLine(List<Measure> measures) {
        return Refusals.install(new CommandLine(new LoadTool(measures)));
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            measures.forEach(measure -> out.printf("%-28s%s%n", measure.name(), measure.question()));
            out.flush();
            return 0;
        }
        List<Measure> chosen = names.isEmpty()
                ? measures.stream().filter(measure -> !measure.onlyIfNamed()).toList()
                : names.stream().map(this::named).toList();
        Plan plan = plan();
        Logging.at("error");
        try {
            List<Result> failed = measure(installed(chosen, out), plan, out).stream()
                    .filter(Result::failed)
                    .toList();
            failed.forEach(result -> Refusals.print(
                    spec.commandLine().getErr(),
                    "CANNOT_MEASURE",
                    result.measure() + ": " + result.setup() + ": " + String.join("; ", result.notes()),
                    "correct what it names, and measure again"));
            return failed.isEmpty() ? 0 : Refusals.REFUSED;
        } catch (IOException failure) {
            Refusals.print(
                    spec.commandLine().getErr(),
                    "CANNOT_MEASURE",
                    String.valueOf(failure.getMessage()),
                    "correct what it names, and measure again");
            return Refusals.REFUSED;
        }
    }

    /** The measures that can run here. Of each other one it says what is missing: where the table is, or beside the JSON. */
    private List<Measure> installed(List<Measure> chosen, PrintWriter out) {
        PrintWriter told = format == Format.table ? out : spec.commandLine().getErr();
        List<Measure> installed = new ArrayList<>();
        for (Measure measure : chosen) {
            measure.missing()
                    .ifPresentOrElse(
                            what -> told.println(measure.name() + ": skipped: " + what), () -> installed.add(measure));
        }
        told.flush();
        return installed;
    }

    private List<Result> measure(List<Measure> chosen, Plan plan, PrintWriter out) throws IOException {
        List<Result> all = new ArrayList<>();
        if (alternate) {
            for (int count : plan.callers()) {
                for (Measure measure : chosen) {
                    all.addAll(run(measure, plan.with(count)));
                }
            }
            print(chosen, all, out);
        } else {
            for (Measure measure : chosen) {
                List<Result> results = run(measure, plan);
                all.addAll(results);
                print(List.of(measure), results, out);
            }
        }
        if (format == Format.json) {
            out.println(Report.json(all));
            out.flush();
        }
        return all;
    }

    private static List<Result> run(Measure measure, Plan plan) throws IOException {
        plan.say(measure.name() + ": " + measure.question());
        return measure.run(plan);
    }

    private void print(List<Measure> measured, List<Result> results, PrintWriter out) {
        if (format == Format.table && !results.isEmpty()) {
            measured.forEach(measure -> out.println(measure.name() + ": " + measure.question()));
            Report.table(results).forEach(out::println);
            out.println();
            out.flush();
        }
    }

    private Plan plan() {
        positive("--windows", windows);
        positive("--window", windowMillis);
        positive("--rounds", rounds);
        positive("--clients", clientsPerNode);
        positive("--instances", instances);
        positive("--heap-max", heapMebibytes);
        positive("--rate", perSecond);
        positive("--ephemeral", ephemeral);
        positive("--replaced", replaced);
        positive("--watchers", watchers);
        positive("--held", held);
        sessions.forEach(count -> positive("--sessions", count));
        callers.forEach(count -> positive("--callers", count));
        return new Plan(
                dataDir.toAbsolutePath(),
                rounds,
                windows,
                Duration.ofMillis(windowMillis),
                Duration.ofSeconds(warmUpSeconds),
                othersMaxPercent / 100.0,
                callers,
                clientsPerNode,
                instances,
                heapMebibytes,
                new Plan.Load(perSecond, sessions, ephemeral, replaced, watchers, held),
                System::nanoTime,
                spec.commandLine().getErr());
    }

    private Measure named(String name) {
        Optional<Measure> measure =
                measures.stream().filter(m -> m.name().equals(name)).findFirst();
        return measure.orElseThrow(() -> refuse("'%s' is no measure (expected: %s)"
                .formatted(name, measures.stream().map(Measure::name).collect(Collectors.joining(", ")))));
    }

    private void positive(String option, int value) {
        if (value < 1) {
            throw refuse("%s: %d (expected: 1 or more)".formatted(option, value));
        }
    }

    private ParameterException refuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
