package io.gemel.it.bench;

import io.gemel.client.NamingService;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How long a few callers' writes take while servers take snapshots, and while they do not. */
final class SnapshotStalls {
    /** Such that a few callers' writes are enough for a snapshot every few seconds; all servers then take it at about the same time. */
    static final Map<String, String> SETTINGS = Map.of("snapshot-log-bytes", "2MiB");

    private static final int CALLERS = 4;
    private static final int SNAPSHOTS_MIN = 9;
    private static final int PATIENCE = 60;
    private static final Duration POLL = Duration.ofMillis(5);

    private final Plan plan;
    private final Servers servers;
    private final Fleet fleet;

    /** Of {@code servers} that run with {@link #SETTINGS} and hold {@code fleet}. */
    SnapshotStalls(Plan plan, Servers servers, Fleet fleet) {
        this.plan = plan;
        this.servers = servers;
        this.fleet = fleet;
    }

    /** What was answered in one window; {@code others} is the share of the machine that others used, in percent. */
    private record Sample(
            double perSecond, double p50, double p99, double longest, double others, long failures, boolean during) {}

    /** Writes until there were enough windows of both kinds; throws {@link IOException} if there were none. */
    List<Result> measure(String measure) throws IOException {
        List<NamingService> clients = servers.clients(1);
        ClosedLoop load = ClosedLoop.start(plan.ticker(), CALLERS, fleet.changes(CALLERS, clients));
        try {
            Windows.pass(plan, plan.warmUp());
            ClosedLoop.Tally unused = load.take();
            SnapshotWatch watch = new SnapshotWatch(plan.ticker(), SizeMeasure.dataDirs(servers));
            return results(measure, watch, windows(load, watch));
        } finally {
            load.stop();
        }
    }

    private List<Sample> windows(ClosedLoop load, SnapshotWatch watch) throws IOException {
        List<Sample> windows = new ArrayList<>();
        boolean before = false;
        for (int i = 0; i < plan.windows() * PATIENCE && !enough(windows, watch); i++) {
            Duration all = Machine.cpu();
            Duration own = own();
            long start = plan.ticker().nanos();
            boolean during = pass(watch);
            ClosedLoop.Tally tally = load.take();
            double nanos = plan.ticker().nanos() - start;
            double foreign = Machine.cpu().minus(all).minus(own().minus(own)).toNanos();
            // What a snapshot holds up may be answered after it, and the log is shortened then.
            Sample window = sample(tally, nanos, foreign, during || before);
            if (window.during()) {
                plan.say("  window %d, %s a snapshot: longest %.0f ms, p99 %.0f ms, others %.0f %%"
                        .formatted(i, during ? "with" : "after", window.longest(), window.p99(), window.others()));
            }
            windows.add(window);
            before = during;
        }
        return windows;
    }

    private boolean enough(List<Sample> windows, SnapshotWatch watch) {
        return watch.millis().length >= SNAPSHOTS_MIN
                && of(windows, true).size() >= plan.windows()
                && of(windows, false).size() >= plan.windows();
    }

    private Duration own() {
        return servers.cpu().plus(Machine.cpu(ProcessHandle.current().pid()));
    }

    private boolean pass(SnapshotWatch watch) throws IOException {
        boolean seen = false;
        long end = plan.ticker().nanos() + plan.window().toNanos();
        while (plan.ticker().nanos() < end) {
            Windows.pass(plan, POLL);
            seen |= watch.look();
        }
        return seen;
    }

    private static Sample sample(ClosedLoop.Tally tally, double nanos, double foreign, boolean during) {
        Latencies latencies = tally.latencies();
        return new Sample(
                latencies.count() / nanos * 1e9,
                latencies.millis(0.5),
                latencies.millis(0.99),
                latencies.millis(1),
                Math.max(0, foreign / nanos / Machine.cores() * 100),
                tally.failures(),
                during);
    }

    private List<Result> results(String measure, SnapshotWatch watch, List<Sample> windows) throws IOException {
        double[] taken = watch.millis();
        if (taken.length == 0 || of(windows, false).isEmpty()) {
            throw new IOException("%d snapshots were seen, and %d windows without one, in %d windows of %d ms"
                    .formatted(
                            taken.length,
                            of(windows, false).size(),
                            windows.size(),
                            plan.window().toMillis()));
        }
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("snapshots", Spread.of(taken.length));
        figures.put("ms each", Spread.of(taken));
        return List.of(
                result(measure, "windows without a snapshot", of(windows, false)),
                result(measure, "windows with a snapshot, or after one", of(windows, true)),
                new Result(measure, "snapshots of all three", figures, List.of()));
    }

    private static Result result(String measure, String setup, List<Sample> windows) {
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("windows", Spread.of(windows.size()));
        figures.put("per s", spread(windows, Sample::perSecond));
        figures.put("p50 ms", spread(windows, Sample::p50));
        figures.put("p99 ms", spread(windows, Sample::p99));
        figures.put("longest ms", spread(windows, Sample::longest));
        figures.put("others %", spread(windows, Sample::others));
        long failures = windows.stream().mapToLong(Sample::failures).sum();
        List<String> notes = failures == 0 ? List.of() : List.of(failures + " calls failed");
        return new Result(measure, "%s, %d callers".formatted(setup, CALLERS), figures, notes);
    }

    private static List<Sample> of(List<Sample> windows, boolean during) {
        return windows.stream().filter(window -> window.during() == during).toList();
    }

    private static Spread spread(List<Sample> windows, ToDoubleFunction<Sample> figure) {
        return Spread.of(windows.stream().mapToDouble(figure).toArray());
    }
}
