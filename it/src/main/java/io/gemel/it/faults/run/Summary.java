package io.gemel.it.faults.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gemel.it.faults.check.Bounds;
import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.check.Finding;
import io.gemel.it.faults.check.Verdict;
import io.gemel.it.faults.workload.Recorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a run ended, as summary.json keeps it.
 *
 * @param bounds what the checks held it to
 * @param facts of the run, such as its version, by name
 * @param verdicts of all checks
 * @param promises by check, what it stands for
 * @param skipped by nemesis, why it was not injected
 * @param counts of operations
 */
record Summary(
        RunPlan plan,
        Bounds bounds,
        Map<String, String> facts,
        List<Verdict> verdicts,
        Map<String, String> promises,
        Map<String, String> skipped,
        Recorder.Counts counts) {
    static final String FILE = "summary.json";
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

    /** What it stands for, by check. */
    static Map<String, String> promises(List<Check> checks) {
        Map<String, String> promises = new LinkedHashMap<>();
        checks.forEach(check -> promises.put(check.name(), check.promise()));
        return promises;
    }

    /** Whether faults were asked for and none could be injected: such a run shows nothing. */
    boolean nothingInjected() {
        return !plan.nemeses().isEmpty()
                && plan.nemeses().stream().allMatch(nemesis -> skipped.containsKey(nemesis.name()));
    }

    /** Whether every check holds, and something was put to the test. */
    boolean passed() {
        return !nothingInjected() && verdicts.stream().allMatch(Verdict::passed);
    }

    /** Whether a promise was broken. If it neither {@link #passed} nor that, the run gave too little evidence. */
    boolean violated() {
        return verdicts.stream().anyMatch(verdict -> verdict.outcome() == Verdict.Outcome.VIOLATED);
    }

    /** Writes summary.json into the run's directory. */
    void write() {
        write(plan.dir().resolve(FILE), json());
    }

    static void write(Path file, JsonObject json) {
        try {
            Files.writeString(file, GSON.toJson(json) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("passed", passed());
        json.addProperty("seed", plan.seed());
        json.addProperty("workload", plan.workload().name());
        JsonArray nemeses = new JsonArray();
        plan.nemeses().forEach(nemesis -> nemeses.add(nemesis.name()));
        json.add("nemeses", nemeses);
        json.addProperty("nodes", plan.nodes());
        json.addProperty("time", plan.time().toString());
        facts.forEach(json::addProperty);
        json.addProperty("bug", plan.bug());
        json.addProperty("command", plan.command());
        json.add("bounds", bounds(bounds));
        JsonArray all = new JsonArray();
        verdicts.forEach(verdict -> all.add(json(verdict)));
        json.add("verdicts", all);
        JsonArray left = new JsonArray();
        skipped.forEach((nemesis, why) -> {
            JsonObject one = new JsonObject();
            one.addProperty("nemesis", nemesis);
            one.addProperty("why", why);
            left.add(one);
        });
        json.add("skipped", left);
        JsonObject ended = new JsonObject();
        ended.addProperty("ok", counts.ok());
        ended.addProperty("fail", counts.fail());
        ended.addProperty("info", counts.info());
        json.add("counts", ended);
        return json;
    }

    private JsonObject json(Verdict verdict) {
        JsonObject json = new JsonObject();
        json.addProperty("check", verdict.check());
        json.addProperty("promise", promises.getOrDefault(verdict.check(), ""));
        json.addProperty("outcome", verdict.outcome().name());
        json.addProperty("summary", verdict.summary());
        JsonObject figures = new JsonObject();
        verdict.figures().forEach(figures::addProperty);
        json.add("figures", figures);
        JsonArray findings = new JsonArray();
        for (Finding finding : verdict.findings()) {
            JsonObject one = new JsonObject();
            one.addProperty("what", finding.what());
            JsonArray events = new JsonArray();
            finding.events().forEach(event -> events.add(event.index()));
            one.add("events", events);
            finding.impossible().ifPresent(begin -> one.addProperty("impossible", begin.index()));
            findings.add(one);
        }
        json.add("findings", findings);
        return json;
    }

    private static JsonObject bounds(Bounds bounds) {
        JsonObject json = new JsonObject();
        json.addProperty("sync", bounds.sync().toString());
        json.addProperty("gone", bounds.gone().toString());
        json.addProperty("converge", bounds.converge().toString());
        json.addProperty("recover", bounds.recover().toString());
        json.addProperty("unnoticed", bounds.unnoticed().toString());
        return json;
    }

    /** The verdicts as a table for people, with what was found below those that do not hold. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        int width = verdicts.stream()
                .mapToInt(verdict -> verdict.check().length())
                .max()
                .orElse(0);
        for (Verdict verdict : verdicts) {
            lines.add(("%-9s  %-" + width + "s  %s")
                    .formatted(word(verdict.outcome()), verdict.check(), verdict.summary()));
            verdict.findings().stream().limit(5).forEach(finding -> lines.add("             - " + text(finding)));
        }
        skipped.forEach((nemesis, why) -> lines.add("skipped    " + nemesis + ": " + why));
        return lines;
    }

    private static String text(Finding finding) {
        return finding.impossible()
                .map(begin -> "%s (impossible: %s, event %d of history.jsonl)"
                        .formatted(finding.what(), begin.op().name(), begin.index()))
                .orElse(finding.what());
    }

    private static String word(Verdict.Outcome outcome) {
        return switch (outcome) {
            case HOLDS -> "holds";
            case VIOLATED -> "VIOLATED";
            case UNDECIDED -> "UNDECIDED";
        };
    }

    /** The names of the checks that do not hold, joined by commas. */
    String broken() {
        return verdicts.stream()
                .filter(verdict -> !verdict.passed())
                .map(Verdict::check)
                .collect(Collectors.joining(","));
    }
}
