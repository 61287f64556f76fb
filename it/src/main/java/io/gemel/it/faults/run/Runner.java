package io.gemel.it.faults.run;

import io.gemel.it.faults.report.Report;
import io.gemel.it.faults.stage.Preparation;
import io.gemel.it.faults.stage.RunningStage;
import io.gemel.it.faults.stage.StageSpec;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Carries out runs and says how they ended. */
final class Runner {
    private final Asked asked;
    private final Catalogue catalogue;
    private final PrintWriter out;
    private final boolean quiet;
    private final List<Path> passed = new ArrayList<>();

    Runner(Asked asked, Catalogue catalogue, PrintWriter out, boolean quiet) {
        this.asked = asked;
        this.catalogue = catalogue;
        this.out = out;
        this.quiet = quiet;
    }

    /** The one run that is asked for. Throws {@link IllegalStateException} if it cannot be carried out. */
    Summary single() {
        Summary summary = run(asked.single());
        print(summary, out);
        return summary;
    }

    private Summary run(RunPlan plan) {
        out.println(plan.command());
        out.flush();
        Preparation preparation = prepared(plan);
        Run run = new Run(
                plan,
                asked.unavailable(),
                new Progress(out, quiet),
                (nodes, dir, needs) -> RunningStage.start(new StageSpec(nodes, dir, needs)));
        return run.execute(preparation);
    }

    /** What the plan's faults and its bug need of the servers. Throws {@link IllegalStateException} if they need different things. */
    private Preparation prepared(RunPlan plan) {
        Preparation preparation = new Preparation();
        try {
            if (!plan.network().equals("auto")) {
                preparation.needNetwork(plan.network());
            }
            plan.nemeses().forEach(nemesis -> nemesis.prepare(preparation));
            catalogue.mutant(plan.bug()).ifPresent(mutant -> mutant.prepare(preparation));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(plan.nemesisNames() + " cannot be combined: " + e.getMessage(), e);
        }
        return preparation;
    }

    /** The verdicts, and what follows. */
    static void print(Summary summary, PrintWriter out) {
        out.println();
        summary.table().forEach(out::println);
        out.println();
        out.println(conclusion(summary));
        out.flush();
    }

    private static String conclusion(Summary summary) {
        RunPlan plan = summary.plan();
        if (summary.nothingInjected()) {
            return "SKIPPED: none of the faults could be injected here, so nothing was shown.";
        }
        String traces = "traces: " + plan.dir();
        return summary.passed()
                ? "PASSED: every check holds. %s".formatted(traces)
                : "%s: %s. %s%nagain:  %s"
                        .formatted(
                                summary.violated() ? "FAILED" : "UNDECIDED", summary.broken(), traces, plan.command());
    }

    /** Runs until the time is up; whether every run passed. */
    boolean soak(Duration time, int runsMax) {
        RunFiles.emptyForSoak(asked.soakDir(), asked.seed(), time);
        Soak soak = new Soak(asked.workloads(), asked.nemeses(), asked.seed());
        int[] number = {0};
        List<Soak.Entry> entries = soak.run(time, runsMax, mix -> {
            number[0]++;
            Soak.Entry entry = entry(asked.ofSoak(mix, number[0]));
            // After each run, so that a soak that somebody ends has it too.
            Path unused = Report.index(asked.soakDir(), RunFiles.mutationScore());
            return entry;
        });
        out.println();
        int width = entries.stream().mapToInt(one -> one.run().length()).max().orElse(0);
        entries.forEach(one -> out.printf("%-7s  %-" + width + "s  %s%n", one.end(), one.run(), one.what()));
        asked.unavailable().forEach((nemesis, why) -> out.println("skipped: " + nemesis + ": " + why));
        long good = entries.stream().filter(one -> one.end() == Soak.End.PASSED).count();
        long skipped =
                entries.stream().filter(one -> one.end() == Soak.End.SKIPPED).count();
        out.printf(
                "%n%d runs: %d passed, %d skipped, %d did not pass; seed %d; overview: %s%n",
                entries.size(),
                good,
                skipped,
                entries.size() - good - skipped,
                asked.seed(),
                asked.soakDir().resolve("index.html"));
        out.flush();
        return good > 0 && good + skipped == entries.size();
    }

    private Soak.Entry entry(RunPlan plan) {
        String name = plan.dir().getFileName().toString();
        try {
            Summary summary = run(plan);
            if (summary.nothingInjected()) {
                return new Soak.Entry(
                        name,
                        Soak.End.SKIPPED,
                        String.join("; ", summary.skipped().values()));
            }
            if (summary.passed()) {
                out.println("PASSED " + name);
                RunFiles.keepReport(plan.dir());
                passed.add(plan.dir());
                RunFiles.boundReports(passed);
                return new Soak.Entry(name, Soak.End.PASSED, "");
            }
            print(summary, out);
            return new Soak.Entry(name, Soak.End.FAILED, summary.broken());
        } catch (IllegalStateException | UncheckedIOException e) {
            out.println("BROKEN " + name + ": " + e.getMessage());
            return new Soak.Entry(name, Soak.End.BROKEN, String.valueOf(e.getMessage()));
        }
    }
}
