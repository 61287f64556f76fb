package io.gemel.it.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Cuts a load into windows, and keeps those in which the machine did little else.
 *
 * <p>Servers and driver share the cores with whatever else runs, so a window counts only if that used at most
 * {@link Plan#foreignMax}. If the machine never gets that quiet, the quietest windows are taken, and the result says so.
 */
final class Windows {
    /** How many windows are tried for each that counts. */
    private static final int PATIENCE = 4;

    private final Plan plan;
    private final Supplier<Duration> serverCpu;
    private final Phases phases;

    private Windows(Plan plan, Supplier<Duration> serverCpu, Phases phases) {
        this.plan = plan;
        this.serverCpu = serverCpu;
        this.phases = phases;
    }

    /** A load whose windows are what it does until it is done, with something else in between. */
    interface Phases {
        /** Makes ready for the next window. Not measured. */
        void between();

        /** Does what is measured; what was answered. */
        ClosedLoop.Tally window();
    }

    /**
     * Has {@code callers} make {@code call} again and again, and measures that, once it is warm.
     *
     * @param serverCpu what all servers together have used of all cores
     */
    static Result measure(
            Plan plan, Supplier<Duration> serverCpu, int callers, ClosedLoop.Call call, String measure, String setup) {
        ClosedLoop load = ClosedLoop.start(plan.ticker(), callers, call);
        try {
            return measure(plan, serverCpu, new Steady(plan, load), measure, setup);
        } finally {
            load.stop();
        }
    }

    /** Has {@code phases} take turns, and measures each of their windows, once they are warm. */
    static Result measure(Plan plan, Supplier<Duration> serverCpu, Phases phases, String measure, String setup) {
        return new Windows(plan, serverCpu, phases).measure(measure, setup);
    }

    /** One that goes on all the time. */
    private record Steady(Plan plan, ClosedLoop load) implements Phases {
        @Override
        public void between() {
            ClosedLoop.Tally unused = load.take();
        }

        @Override
        public ClosedLoop.Tally window() {
            pass(plan, plan.window());
            return load.take();
        }
    }

    /** What one window showed; {@code foreign} is the share of the machine that others used, 0..1. */
    private record Sample(
            double perSecond,
            double p50Millis,
            double p99Millis,
            double serverMicros,
            double driverMicros,
            double foreign,
            long failures,
            String lastFailure) {}

    private Result measure(String measure, String setup) {
        plan.say("  " + setup);
        warmUp();
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < plan.windows() * PATIENCE && quiet(samples) < plan.windows(); i++) {
            samples.add(sample());
        }
        long failures = samples.stream().mapToLong(Sample::failures).sum();
        List<Sample> kept = samples.stream()
                .sorted(Comparator.comparingDouble(Sample::foreign))
                .limit(plan.windows())
                .toList();
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("per s", spread(kept, Sample::perSecond));
        figures.put("p50 ms", spread(kept, Sample::p50Millis));
        figures.put("p99 ms", spread(kept, Sample::p99Millis));
        figures.put("server us/op", spread(kept, Sample::serverMicros));
        figures.put("driver us/op", spread(kept, Sample::driverMicros));
        figures.put("others %", spread(kept, sample -> sample.foreign() * 100));
        List<String> notes = new ArrayList<>();
        if (quiet(kept) < kept.size()) {
            notes.add("busy machine: only %d of %d windows were quiet".formatted(quiet(samples), samples.size()));
        }
        samples.stream()
                .filter(sample -> sample.failures() > 0)
                .findFirst()
                .ifPresent(sample ->
                        notes.add("%d calls failed, such as with %s".formatted(failures, sample.lastFailure())));
        return new Result(measure, setup, figures, notes);
    }

    /** Lets time go by in which the load runs, or a server has nothing to do. */
    static void pass(Plan plan, Duration time) {
        long end = plan.ticker().nanos() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - plan.ticker().nanos()) {
            LockSupport.parkNanos(left);
        }
    }

    private void warmUp() {
        long start = plan.ticker().nanos();
        while (plan.ticker().nanos() - start < plan.warmUp().toNanos()) {
            phases.between();
            ClosedLoop.Tally unused = phases.window();
        }
    }

    private Sample sample() {
        phases.between();
        Duration servers0 = serverCpu.get();
        Duration driver0 = Machine.cpu(ProcessHandle.current().pid());
        Duration all0 = Machine.cpu();
        long start = plan.ticker().nanos();
        ClosedLoop.Tally tally = phases.window();
        double nanos = plan.ticker().nanos() - start;
        double serverNanos = serverCpu.get().minus(servers0).toNanos();
        double driverNanos =
                Machine.cpu(ProcessHandle.current().pid()).minus(driver0).toNanos();
        double foreignNanos = Machine.cpu().minus(all0).toNanos() - serverNanos - driverNanos;
        double count = tally.latencies().count();
        return new Sample(
                count / nanos * 1e9,
                tally.latencies().millis(0.5),
                tally.latencies().millis(0.99),
                serverNanos / 1e3 / count,
                driverNanos / 1e3 / count,
                Math.max(0, foreignNanos / nanos / Machine.cores()),
                tally.failures(),
                tally.lastFailure());
    }

    private long quiet(List<Sample> samples) {
        return samples.stream()
                .filter(sample -> sample.foreign() <= plan.foreignMax())
                .count();
    }

    private static Spread spread(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        return Spread.of(samples.stream().mapToDouble(figure).toArray());
    }
}
