package io.gemel.it.faults.run;

import io.gemel.bootstrap.cli.Version;
import io.gemel.it.faults.check.Bounds;
import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.check.Verdict;
import io.gemel.it.faults.history.Edn;
import io.gemel.it.faults.history.HistoryFile;
import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.report.Report;
import io.gemel.it.faults.stage.Preparation;
import io.gemel.it.faults.stage.Stage;
import io.gemel.it.faults.workload.Recorder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One run: servers and clients start, clients work, faults come and go, all is healed, everything is read once more, and what
 * was recorded is judged.
 */
final class Run {
    private final RunPlan plan;
    private final Progress progress;
    private final Stages stages;
    private final Map<String, String> unavailable;
    private final Schedule schedule;

    /** Makes the stage of a run. */
    @FunctionalInterface
    interface Stages {
        /** Starts {@code nodes} servers as {@code preparation} wants them, in {@code dir}; all are ready when this returns. */
        Stage start(int nodes, Path dir, Preparation preparation);
    }

    /** What the servers of a run did, and on what. */
    private record Lived(
            Bounds bounds,
            Map<String, FaultPlayer.Outcome> faults,
            Recorder.Counts counts,
            Map<String, String> facts) {}

    /**
     * A run that has not begun.
     *
     * @param unavailable by nemesis that was asked for and is not in the plan, why
     */
    Run(RunPlan plan, Map<String, String> unavailable, Progress progress, Stages stages) {
        this.plan = plan;
        this.unavailable = Map.copyOf(unavailable);
        this.progress = progress;
        this.stages = stages;
        this.schedule = Schedule.of(plan);
    }

    /**
     * Carries the run out and judges it. Throws {@link IllegalStateException} with the reason if it could not be carried out:
     * then nothing is shown about Gemel.
     *
     * @param preparation what the servers are given besides what the plan's faults need
     */
    Summary execute(Preparation preparation) {
        RunFiles.empty(plan.dir());
        Summary.write(plan.dir().resolve("schedule.json"), schedule.json(plan));
        Lived lived = live(preparation);
        progress.phase("judgement", plan.workload().checks().size() + " checks");
        Edn.write(plan.dir().resolve("history.edn"), HistoryFile.read(plan.dir().resolve("history.jsonl")));
        List<Check> checks = plan.workload().checks();
        List<Verdict> verdicts = Judge.verdicts(plan.dir(), lived.bounds(), checks);
        Summary summary = new Summary(
                plan,
                lived.bounds(),
                lived.facts(),
                verdicts,
                Summary.promises(checks),
                skipped(lived.faults()),
                lived.counts());
        summary.write();
        Path report = Report.write(plan.dir(), RunFiles.mutationScore());
        progress.line("report: " + report);
        if (summary.passed()) {
            RunFiles.dropData(plan.dir());
        }
        return summary;
    }

    private Lived live(Preparation preparation) {
        lowLimits(preparation);
        plan.workload().prepare(preparation);
        progress.phase(
                "setup",
                "%d servers for %s".formatted(plan.nodes(), plan.workload().name()));
        long begin = System.nanoTime();
        try (HistoryWriter history = HistoryWriter.create(plan.dir().resolve("history.jsonl"), System::nanoTime);
                Stage made = stages.start(plan.nodes(), plan.dir(), preparation)) {
            Duration start = Duration.ofNanos(System.nanoTime() - begin);
            double factor = MachineSpeed.factor(start);
            progress.line("ready after %d ms on %s; times are stretched by %.1f"
                    .formatted(start.toMillis(), made.network().kind(), factor));
            try (Live live = new Live(plan, schedule, progress, history, new RecordedStage(made, history), factor)) {
                live.run();
                return new Lived(live.bounds(), live.player().outcomes(), live.counts(), facts(made, live, factor));
            }
        }
    }

    private static Map<String, String> facts(Stage stage, Live live, double factor) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("network", stage.network().kind());
        facts.put("version", Version.text());
        facts.put("factor", String.format(Locale.ROOT, "%.2f", factor));
        facts.put("worstDelay", live.sampler().worstDelay().toMillis() + " ms");
        return facts;
    }

    /** Rare code shall run often: snapshots above all. And servers give up before their clients do. */
    private static void lowLimits(Preparation preparation) {
        preparation.setting("snapshot-interval", "2s");
        preparation.setting("request-timeout", "2s");
        preparation.setting("snapshot-log-bytes", "1MiB");
        preparation.setting("min-free-bytes", "8MiB"); // the disks of some runs are small
    }

    /** Of those nemeses of which not one fault was injected, why. */
    private Map<String, String> skipped(Map<String, FaultPlayer.Outcome> outcomes) {
        Map<String, String> skipped = new LinkedHashMap<>(unavailable);
        for (Nemesis nemesis : plan.nemeses()) {
            boolean planned =
                    schedule.faults().stream().anyMatch(fault -> fault.name().equals(nemesis.name()));
            FaultPlayer.Outcome outcome =
                    outcomes.getOrDefault(nemesis.name(), new FaultPlayer.Outcome(0, "no fault came about in time"));
            if (planned && outcome.injected() == 0) {
                skipped.put(nemesis.name(), outcome.failure());
            }
        }
        return skipped;
    }
}
