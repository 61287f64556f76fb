package io.gemel.it.faults.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.gemel.it.faults.check.Bounds;
import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.workload.Recorder;
import io.gemel.it.faults.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A run of another day, to be judged again by the checks of today. */
final class OldRun {
    private final RunPlan plan;
    private final JsonObject summary;

    private OldRun(RunPlan plan, JsonObject summary) {
        this.plan = plan;
        this.summary = summary;
    }

    /** What is in {@code dir}. Throws {@link IllegalArgumentException} that says what is missing, if that is no run. */
    static OldRun read(Path dir, Catalogue catalogue) {
        for (String file : List.of("schedule.json", "history.jsonl", "samples.jsonl")) {
            if (!Files.isRegularFile(dir.resolve(file))) {
                throw new IllegalArgumentException(dir + " has no " + file + " (expected: the directory of a run)");
            }
        }
        try {
            JsonObject schedule = object(dir.resolve("schedule.json"));
            Path old = dir.resolve(Summary.FILE);
            // A run that was cut short has none; its history is still worth a judgement.
            JsonObject summary = Files.isRegularFile(old) ? object(old) : new JsonObject();
            String name = schedule.get("workload").getAsString();
            Workload workload = catalogue
                    .workload(name)
                    .orElseThrow(() -> new IllegalArgumentException("its workload, " + name + ", is unknown today"));
            List<Nemesis> nemeses = texts(schedule.getAsJsonArray("nemeses"))
                    .flatMap(nemesis -> catalogue.nemesis(nemesis).stream())
                    .toList();
            Duration time = Duration.parse(schedule.get("time").getAsString());
            return new OldRun(
                    new RunPlan(
                            schedule.get("seed").getAsLong(),
                            workload,
                            nemeses,
                            time,
                            schedule.get("nodes").getAsInt(),
                            dir,
                            text(schedule, "network").orElse(RunPlan.ANY_NETWORK),
                            text(schedule, "bug").orElse(""),
                            schedule.has("restarts")
                                    ? schedule.get("restarts").getAsBoolean()
                                    : RunPlan.restartsByDefault(time)),
                    summary);
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException(dir + ": not as a run leaves it: " + e.getMessage(), e);
        }
    }

    private static JsonObject object(Path file) {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> text(JsonObject object, String name) {
        return object.has(name) ? Optional.of(object.get(name).getAsString()) : Optional.empty();
    }

    private static Stream<String> texts(JsonArray array) {
        List<String> texts = new ArrayList<>();
        for (JsonElement element : array) {
            texts.add(element.getAsString());
        }
        return texts.stream();
    }

    /** Judges it. Writes nothing. */
    Summary judge() {
        List<Check> checks = plan.workload().checks();
        Bounds bounds = bounds();
        Map<String, String> facts = new LinkedHashMap<>();
        for (String name : List.of("network", "version", "factor", "worstDelay")) {
            text(summary, name).ifPresent(value -> facts.put(name, value));
        }
        Map<String, String> skipped = new LinkedHashMap<>();
        if (summary.has("skipped")) {
            summary.getAsJsonArray("skipped")
                    .forEach(one -> skipped.put(
                            one.getAsJsonObject().get("nemesis").getAsString(),
                            one.getAsJsonObject().get("why").getAsString()));
        }
        return new Summary(
                plan,
                bounds,
                facts,
                Judge.verdicts(plan.dir(), bounds, checks),
                Summary.promises(checks),
                skipped,
                counts());
    }

    private Bounds bounds() {
        if (!summary.has("bounds")) {
            return MachineSpeed.bounds(1, Duration.ZERO);
        }
        JsonObject bounds = summary.getAsJsonObject("bounds");
        return new Bounds(
                Duration.parse(bounds.get("sync").getAsString()),
                Duration.parse(bounds.get("gone").getAsString()),
                Duration.parse(bounds.get("converge").getAsString()),
                Duration.parse(bounds.get("recover").getAsString()),
                // Runs of a time before this was asked for have none: nothing is known to have gone unnoticed in them.
                text(bounds, "unnoticed").map(Duration::parse).orElse(Duration.ZERO));
    }

    private Recorder.Counts counts() {
        if (!summary.has("counts")) {
            return new Recorder.Counts(0, 0, 0);
        }
        JsonObject counts = summary.getAsJsonObject("counts");
        return new Recorder.Counts(
                counts.get("ok").getAsLong(),
                counts.get("fail").getAsLong(),
                counts.get("info").getAsLong());
    }
}
