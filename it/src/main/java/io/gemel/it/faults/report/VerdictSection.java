package io.gemel.it.faults.report;

import io.gemel.it.faults.check.Verdict.Outcome;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What comes first: how the run ended, how to repeat it, what every check said, and what was not tested. */
final class VerdictSection {
    private static final int FAILED_MAX = 20;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:,=+-]+");

    private final Html out;
    private final RunRecord run;
    private final Summary summary;

    VerdictSection(Html out, RunRecord run) {
        this.out = out;
        this.run = run;
        this.summary = run.summary();
    }

    void write() {
        headline();
        verdicts();
        skipped();
    }

    private void headline() {
        Outcome outcome = summary.outcome();
        out.open("header", "class", "headline " + Words.of(outcome)).open("h1");
        out.element("span", sign(outcome), "class", "sign", "aria-hidden", "true")
                .text(" " + word(outcome))
                .close("h1");
        out.element("p", sentence(outcome), "class", "sentence");
        if (!summary.bug().isEmpty()) {
            out.element(
                    "p",
                    "The bug \"" + summary.bug() + "\" was seeded on purpose: a run that passes has missed it.",
                    "class",
                    "seeded");
        }
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("workload", summary.workload());
        facts.put("nemeses", String.join(", ", summary.nemeses()));
        facts.put("seed", summary.seed());
        facts.put("nodes", summary.nodes());
        facts.put("time of faults", time(summary.time()));
        facts.put("network", summary.network());
        facts.put("version", summary.version());
        facts.put(
                "operations",
                summary.counts().entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", ")));
        facts.values().removeIf(String::isEmpty);
        out.pairs(facts);
        out.raw("<p class=\"repeat\">Repeat it: ")
                .element("code", command(summary))
                .raw("</p>");
        out.close("header").raw("\n");
    }

    private String sentence(Outcome outcome) {
        int skipped = summary.skipped().size();
        String untested = skipped == 0
                ? ""
                : " " + counted(skipped, "fault") + " could not be injected here and "
                        + (skipped == 1 ? "counts" : "count") + " as not tested.";
        String sentence = switch (outcome) {
            case HOLDS -> "All " + summary.verdicts().size() + " promises held.";
            case VIOLATED -> broken();
            case UNDECIDED -> undecided();
        };
        return sentence + untested;
    }

    private String broken() {
        long broken = summary.count(Outcome.VIOLATED);
        return broken == 0
                ? "No promise was broken, but the run did not get through."
                : broken + " of " + summary.verdicts().size() + " promises " + (broken == 1 ? "was" : "were")
                        + " broken: " + summary.checks(Outcome.VIOLATED).collect(Collectors.joining(", ")) + ".";
    }

    private String undecided() {
        int checks = summary.verdicts().size();
        long undecided = summary.count(Outcome.UNDECIDED);
        if (checks == 0) {
            return "The run ended before anything was checked.";
        }
        if (undecided == 0) {
            return "All " + checks + " promises held, but nothing put them to the test: no fault could be injected.";
        }
        return "No promise was broken, but of " + undecided + " of " + checks + " it is not known whether they held: "
                + summary.checks(Outcome.UNDECIDED).collect(Collectors.joining(", "))
                + ". That counts as not passed.";
    }

    private void verdicts() {
        out.raw("<section id=\"verdicts\"><h2>Verdicts</h2>\n");
        if (summary.verdicts().isEmpty()) {
            out.raw("<p class=\"note\">There are none.</p>");
        } else {
            out.table("verdicts", "outcome", "check and its promise", "what was found", "figures");
            for (Summary.Judged verdict : summary.verdicts()) {
                verdict(verdict);
            }
            out.endTable();
        }
        out.close("section").raw("\n");
    }

    private void verdict(Summary.Judged verdict) {
        out.open("tr", "class", Words.of(verdict.outcome())).open("td", "class", "outcome");
        out.element("span", sign(verdict.outcome()), "class", "sign", "aria-hidden", "true")
                .text(" " + outcome(verdict.outcome()))
                .close("td");
        out.raw("<td>").element("strong", verdict.check());
        if (!verdict.promise().isEmpty()) {
            out.raw("<br>").element("span", verdict.promise(), "class", "promise");
        }
        out.raw("</td><td>").text(verdict.summary());
        if (!verdict.findings().isEmpty()) {
            out.raw(" ")
                    .element(
                            "a",
                            counted(verdict.findings().size(), "finding") + " ↓",
                            "class",
                            "jump",
                            "href",
                            "#" + FindingSection.anchor(verdict));
        }
        out.raw("</td><td>").pairs(verdict.figures()).raw("</td></tr>\n");
    }

    private void skipped() {
        if (summary.skipped().isEmpty() && run.failedInjections().isEmpty()) {
            return;
        }
        out.raw("<section id=\"skipped\"><h2>Not injected, so not tested</h2>\n");
        out.table("skipped", "fault", "why");
        summary.skipped().forEach(out::row);
        Thinning.evenly(List.copyOf(run.failedInjections().entrySet()), FAILED_MAX)
                .forEach(failed -> out.row(failed.getKey(), failed.getValue()));
        out.endTable().close("section").raw("\n");
    }

    /** How to run the same again: in the words of the run, or else in ours. */
    static String command(Summary summary) {
        if (!summary.command().isEmpty()) {
            return summary.command();
        }
        StringBuilder command = new StringBuilder("./gemel faults");
        option(command, "workload", summary.workload());
        option(command, "nemesis", String.join(",", summary.nemeses()));
        option(command, "time", time(summary.time()));
        option(command, "seed", summary.seed());
        option(command, "nodes", summary.nodes());
        option(command, "bug", summary.bug());
        return command.toString();
    }

    private static void option(StringBuilder command, String name, String value) {
        if (!value.isEmpty()) {
            String word = PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
            command.append(" --").append(name).append(' ').append(word);
        }
    }

    /** An ISO-8601 duration as a command line takes it: 15s, 2h. */
    static String time(String iso) {
        try {
            Duration time = Duration.parse(iso);
            if (time.toMillis() % 1000 != 0) {
                return time.toMillis() + "ms";
            }
            long seconds = time.toSeconds();
            return seconds % 3600 == 0 && seconds > 0
                    ? seconds / 3600 + "h"
                    : seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
        } catch (DateTimeParseException e) {
            return iso;
        }
    }

    static String sign(Outcome outcome) {
        return switch (outcome) {
            case HOLDS -> "✓";
            case VIOLATED -> "✗";
            case UNDECIDED -> "?";
        };
    }

    static String word(Outcome outcome) {
        return switch (outcome) {
            case HOLDS -> "Passed";
            case VIOLATED -> "Failed";
            case UNDECIDED -> "Not decided";
        };
    }

    private static String outcome(Outcome outcome) {
        return switch (outcome) {
            case HOLDS -> "held";
            case VIOLATED -> "broken";
            case UNDECIDED -> "not decided";
        };
    }

    static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
