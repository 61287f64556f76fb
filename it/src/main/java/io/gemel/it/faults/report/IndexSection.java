package io.gemel.it.faults.report;

import io.gemel.it.faults.check.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Many runs on one page: how each ended, and which faults met which workloads.
 *
 * @param runs failed ones first
 */
record IndexSection(List<Entry> runs) {

    /** A run with its report's address, seen from the index; empty if it has none. */
    record Entry(String name, String report, Summary summary) {}

    static IndexSection of(Path parent) throws IOException {
        List<Path> dirs;
        try (Stream<Path> files = Files.walk(parent, 3)) {
            dirs = files.filter(file -> file.endsWith("summary.json") || file.endsWith("schedule.json"))
                    .map(file -> file.resolveSibling(""))
                    .distinct()
                    .sorted()
                    .toList();
        }
        List<Entry> runs = new ArrayList<>();
        for (Path dir : dirs) {
            // A run that could not be carried out has only its plan, which tells what it was to be.
            Path summary = dir.resolve("summary.json");
            Path file = Files.exists(summary) ? summary : dir.resolve("schedule.json");
            Path report = dir.resolve("report.html");
            runs.add(new Entry(
                    parent.relativize(dir).toString(),
                    Files.exists(report) ? Report.link(parent.relativize(report)) : "",
                    Summary.of(Fields.object(file))));
        }
        runs.sort(Comparator.comparingInt((Entry run) -> rank(run.summary.outcome()))
                .thenComparing(Entry::name));
        return new IndexSection(List.copyOf(runs));
    }

    private static int rank(Outcome outcome) {
        return switch (outcome) {
            case VIOLATED -> 0;
            case UNDECIDED -> 1;
            case HOLDS -> 2;
        };
    }

    void write(Html out) {
        Outcome worst = runs.stream()
                .map(run -> run.summary.outcome())
                .min(Comparator.comparingInt(IndexSection::rank))
                .orElse(Outcome.UNDECIDED);
        out.open("header", "class", "headline " + Words.of(worst)).open("h1");
        out.element("span", VerdictSection.sign(worst), "class", "sign", "aria-hidden", "true");
        out.text(" " + VerdictSection.counted(runs.size(), "run") + ": " + count(Outcome.HOLDS) + " passed, "
                        + count(Outcome.VIOLATED) + " failed, " + count(Outcome.UNDECIDED) + " not decided")
                .close("h1")
                .close("header")
                .raw("\n");
        matrix(out);
        list(out);
    }

    private long count(Outcome outcome) {
        return runs.stream().filter(run -> run.summary.outcome() == outcome).count();
    }

    private void list(Html out) {
        out.raw("<section id=\"runs\"><h2>Runs</h2>\n");
        out.table("runs", "outcome", "run", "workload", "nemeses", "seed", "time", "not held", "operations", "skipped");
        for (Entry run : runs) {
            Summary summary = run.summary;
            Outcome outcome = summary.outcome();
            out.open("tr", "class", Words.of(outcome)).open("td", "class", "outcome");
            out.element("span", VerdictSection.sign(outcome), "class", "sign", "aria-hidden", "true");
            out.text(" " + VerdictSection.word(outcome)).raw("</td><td>");
            if (run.report.isEmpty()) {
                out.text(run.name);
            } else {
                out.element("a", run.name, "href", run.report);
            }
            out.close("td");
            List.of(
                            summary.workload(),
                            String.join(", ", summary.nemeses()),
                            summary.seed(),
                            VerdictSection.time(summary.time()),
                            Stream.concat(summary.checks(Outcome.VIOLATED), summary.checks(Outcome.UNDECIDED))
                                    .collect(Collectors.joining(", ")),
                            summary.counts().entrySet().stream()
                                    .map(entry -> entry.getValue() + " " + entry.getKey())
                                    .collect(Collectors.joining(", ")),
                            String.join(", ", summary.skipped().keySet()))
                    .forEach(cell -> out.element("td", cell));
            out.raw("</tr>\n");
        }
        out.endTable().close("section").raw("\n");
    }

    /** How often each nemesis met each workload, and how that ended. */
    private void matrix(Html out) {
        Map<String, Map<String, List<Outcome>>> cells = new TreeMap<>();
        Map<String, Boolean> workloads = new TreeMap<>();
        for (Entry run : runs) {
            workloads.put(run.summary.workload(), true);
            for (String nemesis : run.summary.nemeses()) {
                cells.computeIfAbsent(nemesis, name -> new TreeMap<>())
                        .computeIfAbsent(run.summary.workload(), name -> new ArrayList<>())
                        .add(run.summary.skipped().containsKey(nemesis) ? Outcome.UNDECIDED : run.summary.outcome());
            }
        }
        if (cells.isEmpty()) {
            return;
        }
        out.raw("<section id=\"matrix\"><h2>Faults by workload</h2>\n");
        out.raw(
                "<p class=\"note\">Runs in which both were together. A run with several faults counts for each; one that could not "
                        + "inject the fault counts as not decided.</p>");
        out.table(
                "matrix",
                Stream.concat(Stream.of("fault"), workloads.keySet().stream()).toArray(String[]::new));
        cells.forEach((nemesis, byWorkload) -> {
            out.raw("<tr>").element("th", nemesis, "scope", "row");
            workloads.keySet().forEach(workload -> cell(out, byWorkload.getOrDefault(workload, List.of())));
            out.raw("</tr>\n");
        });
        out.endTable().close("section").raw("\n");
    }

    private static void cell(Html out, List<Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            out.raw("<td></td>");
            return;
        }
        String text = Stream.of(Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.HOLDS)
                .filter(outcomes::contains)
                .map(outcome -> VerdictSection.sign(outcome) + " "
                        + outcomes.stream().filter(each -> each == outcome).count())
                .collect(Collectors.joining("  "));
        Outcome worst = outcomes.stream()
                .min(Comparator.comparingInt(IndexSection::rank))
                .orElse(Outcome.UNDECIDED);
        out.element("td", text, "class", Words.of(worst));
    }
}
