package io.gemel.it.faults.run;

import io.gemel.it.faults.check.Bounds;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.nemesis.Departures;
import io.gemel.it.faults.nemesis.Patience;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.worker.Worker;
import io.gemel.it.faults.workload.Activity;
import io.gemel.it.faults.workload.Recorder;
import io.gemel.it.faults.workload.Seeds;
import io.gemel.it.faults.workload.Work;
import io.gemel.naming.NodeStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The part of a run during which servers and clients run: its phases, one after the other. */
final class Live implements AutoCloseable {
    /** Faults shall meet clients that are at work. */
    private static final int WARM_OPERATIONS = 100;

    private static final Duration WARM_UP_MIN = Duration.ofSeconds(1);
    private static final Duration WARM_UP_MAX = Duration.ofSeconds(20);

    /** Clients go on after the cluster has recovered: that shows that it is of use again. */
    private static final Duration AFTER_RECOVERY = Duration.ofSeconds(1);

    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(2);
    private static final Duration READY_MAX = Duration.ofSeconds(30);
    /** As the nemesis that lets servers join is called. */
    private static final String LEAVE_TAKING = "membership";

    private static final Duration LEAVE_MAX = Duration.ofMinutes(2);
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    private final RunPlan plan;
    private final Schedule schedule;
    private final Progress progress;
    private final HistoryWriter history;
    private final RecordedStage stage;
    private final double factor;
    private final Recorder recorder;
    private final Sampler sampler;
    private final FaultPlayer player;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * Around a stage whose servers are ready.
     *
     * @param factor how slow the machine is
     */
    Live(
            RunPlan plan,
            Schedule schedule,
            Progress progress,
            HistoryWriter history,
            RecordedStage stage,
            double factor) {
        this.plan = plan;
        this.schedule = schedule;
        this.progress = progress;
        this.history = history;
        this.stage = stage;
        this.factor = factor;
        this.recorder = new Recorder(history);
        this.sampler = new Sampler(stage, history, plan.dir().resolve("samples.jsonl"));
        this.player = new FaultPlayer(stage, history, progress);
    }

    Recorder.Counts counts() {
        return recorder.counts();
    }

    Sampler sampler() {
        return sampler;
    }

    FaultPlayer player() {
        return player;
    }

    /** All phases, up to the end of the history. */
    void run() {
        Seeds seeds = new Seeds(plan.seed()).branch("workload");
        Activity activity = plan.workload().begin(new Work(stage, recorder, seeds, loop, threads));
        var unused = reporter.scheduleAtFixedRate(
                () -> progress.counts(recorder.counts()),
                REPORT_INTERVAL.toMillis(),
                REPORT_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
        phase("warm-up", "clients are at work");
        Patience.pass(WARM_UP_MIN);
        boolean unusedOutcome =
                Patience.until(WARM_UP_MAX, () -> recorder.counts().ok() >= WARM_OPERATIONS);
        phase("faults", plan.nemesisNames() + " for " + plan.time().toSeconds() + " s");
        player.play(schedule, plan.time(), threads);
        phase("heal", "everything is healed");
        healAll();
        takeLeave();
        if (await("recovery", bounds().recover(), Agreement::led)) {
            phase("recovered", "all servers are ready and follow one leader");
        } else if (serverHasEnded()) {
            phase("end", "a server does not come back, so that there is nothing to wait for");
            return;
        }
        Patience.pass(AFTER_RECOVERY);
        activity.settle();
        long calm = history.nanos();
        rest(activity);
        if (plan.restarts()) {
            phase("restarts", "every server is restarted once");
            stage.servers().forEach(this::restart);
            calm = history.nanos();
            rest(activity);
        }
        if (plan.workload().awaitsDeaths()) {
            phase("quiet", "until what the dead left behind must be gone");
            Duration due = longer(bounds().gone(), bounds().converge()).plus(AFTER_RECOVERY);
            Patience.pass(due.minusNanos(history.nanos() - calm));
        }
        if (stage.hadGuests()) {
            boolean unusedEnd = await("end of those that came and went", bounds().gone(), Agreement::alone);
        }
        phase("final", "everything is read at every server");
        activity.readAll();
        phase("end", "");
        List<String> failed = stage.failedWorkers();
        if (!failed.isEmpty()) {
            throw new IllegalStateException(
                    "client processes " + failed + " ended by themselves; their logs are in " + plan.dir());
        }
    }

    /** What is promised of time, on a machine like this in an hour like this. */
    Bounds bounds() {
        return MachineSpeed.bounds(factor, sampler.worstDelay());
    }

    private void phase(String name, String explanation) {
        var unused = history.event("run", Op.PHASE, Event.Type.OK, "", name, Optional.empty(), Optional.empty());
        progress.phase(name, explanation);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** What faults left behind for whatever reason ends here. */
    private void healAll() {
        stage.network().heal();
        stage.workers().forEach(Worker::thaw);
        for (ServerNode server : stage.servers()) {
            server.thaw();
            server.start();
        }
    }

    /** The cluster is to be again what it was at the beginning; whether it is, the checks judge. */
    private void takeLeave() {
        if (!stage.hadGuests()) {
            return;
        }
        Optional<String> guests = Optional.of(stage.guests().stream()
                .map(ServerNode::id)
                .collect(Collectors.joining(",", "", " leave: whoever is left")));
        Event invoke = history.invoke("leave", Op.FAULT, "", LEAVE_TAKING, guests, OptionalLong.empty());
        Optional<String> problem = Departures.all(stage, LEAVE_MAX);
        problem.ifPresent(progress::line);
        var unused = history.complete(
                invoke,
                problem.isEmpty() ? Event.Type.OK : Event.Type.INFO,
                guests,
                OptionalLong.empty(),
                List.of(),
                problem);
    }

    /** Until clients and servers have nothing more to tell each other; the checks judge if that took too long. */
    private void rest(Activity activity) {
        Duration limit = bounds().gone().plus(bounds().converge());
        boolean atRest = Patience.until(limit, activity::atRest);
        boolean equal = await("agreement", bounds().converge(), Agreement::equal);
        if (!atRest || !equal) {
            progress.line("no rest within " + limit.toSeconds() + " s: " + activity.unrest());
        }
    }

    /** Whether nodes say what is wanted within {@code limit}; tells what was missing, if not. */
    private boolean await(
            String what, Duration limit, BiFunction<List<NodeStatus>, Integer, Optional<String>> problem) {
        long since = history.nanos();
        Supplier<Optional<String>> now = () -> problem.apply(sampler.statuses(since), plan.nodes());
        boolean came = Patience.until(limit, () -> now.get().isEmpty());
        if (!came) {
            progress.line("no %s within %d s: %s"
                    .formatted(what, limit.toSeconds(), now.get().orElse("")));
        }
        return came;
    }

    /** Whether a server ended by itself that should run: waiting will not bring it back. */
    private boolean serverHasEnded() {
        return stage.servers().stream().anyMatch(server -> !server.alive());
    }

    /** One server goes and comes back; it must have all again from its disk and its peers. */
    private void restart(ServerNode server) {
        Event invoke =
                history.invoke("restart", Op.FAULT, "", "restart", Optional.of(server.id()), OptionalLong.empty());
        Optional<Integer> code = server.terminate(STOP_MAX);
        if (code.isEmpty()) {
            progress.line(server.id() + " did not stop within " + STOP_MAX.toSeconds() + " s and was killed");
        }
        server.start();
        boolean ready = server.awaitReady(READY_MAX);
        var unused = history.complete(
                invoke,
                ready ? Event.Type.OK : Event.Type.INFO,
                Optional.of(server.id()),
                OptionalLong.empty(),
                List.of(),
                ready ? Optional.empty() : Optional.of("not ready within " + READY_MAX.toSeconds() + " s"));
        boolean equal = await("agreement after the restart of " + server.id(), bounds().recover(), Agreement::equal);
        progress.line(server.id() + (equal ? " is back and agrees with the others" : " is back"));
    }

    @Override
    public void close() {
        player.stop();
        reporter.shutdownNow();
        sampler.close();
        loop.shutdownNow();
        threads.shutdownNow();
    }
}
