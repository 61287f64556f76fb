package io.gemel.it.faults.agent;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Which seeded bugs were found by what, as a table for people and as mutation-score.json for reports. */
record MutationScore(List<MutationResult> results) {
    private static final String SIMULATED = "in simulated time";

    MutationScore {
        results = List.copyOf(results);
    }

    /** The names of those that were not caught, for whatever reason. */
    List<String> survivors() {
        return results.stream()
                .filter(result -> !result.caught())
                .map(result -> result.mutant().name())
                .toList();
    }

    /** A line for each, then the score. */
    List<String> table() {
        List<String> lines =
                new ArrayList<>(results.stream().map(MutationScore::line).toList());
        lines.add("%d of %d seeded bugs caught"
                .formatted(results.size() - survivors().size(), results.size()));
        return lines;
    }

    /** How one fared. */
    static String line(MutationResult result) {
        Mutant mutant = result.mutant();
        return "%-11s  %-26s  %-14s  %-34s  %3d s  run %d  %s"
                .formatted(
                        words(result.end()),
                        mutant.name(),
                        mutant.workload(),
                        mutant.nemeses().isEmpty() ? "no fault" : String.join(", ", mutant.nemeses()),
                        result.seconds(),
                        result.runs(),
                        result.violated().isEmpty() ? "nothing found" : String.join(", ", result.violated()));
    }

    private static String words(MutationResult.End end) {
        return switch (end) {
            case CAUGHT -> "caught";
            case SURVIVED -> "SURVIVED";
            case NOT_REACHED -> "NOT REACHED";
            case SKIPPED -> "SKIPPED";
            case NOT_RUN -> "NOT RUN";
        };
    }

    /**
     * Writes mutation-score.json: these results, and for the other bugs what is recorded of them.
     *
     * <p>The record is kept beside this class, so that a report shows a whole table also where only a few were tried.
     */
    void write(Path file) {
        Map<String, JsonObject> rows = new LinkedHashMap<>();
        recorded().forEach(row -> rows.put(row.get("name").getAsString(), row));
        results.forEach(result -> rows.merge(result.mutant().name(), json(result), MutationScore::replaced));
        JsonArray mutants = new JsonArray();
        rows.values().forEach(mutants::add);
        JsonObject json = new JsonObject();
        json.addProperty(
                "caught",
                rows.values().stream()
                        .filter(row -> row.get("caught").getAsBoolean())
                        .count());
        json.addProperty("all", rows.size());
        json.add("mutants", mutants);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file, new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A row for each bug, of the run that last caught it. */
    static List<JsonObject> recorded() {
        List<JsonObject> rows = new ArrayList<>();
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(MutationScore.class.getResourceAsStream("mutation-score.json")),
                StandardCharsets.UTF_8)) {
            JsonParser.parseReader(reader)
                    .getAsJsonObject()
                    .getAsJsonArray("mutants")
                    .forEach(row -> rows.add(row.getAsJsonObject()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    /** What simulated time found stays: it was not tried again here. */
    private static JsonObject replaced(JsonObject recorded, JsonObject now) {
        if (recorded.has(SIMULATED)) {
            now.add(SIMULATED, recorded.get(SIMULATED));
        }
        return now;
    }

    private static JsonObject json(MutationResult result) {
        Mutant mutant = result.mutant();
        JsonObject json = new JsonObject();
        json.addProperty("name", mutant.name());
        json.addProperty("description", mutant.description());
        json.addProperty("workload", mutant.workload());
        json.add("nemeses", texts(mutant.nemeses()));
        json.addProperty("time", mutant.time().toString());
        json.addProperty("seed", result.seed());
        json.add("expected", texts(mutant.checks()));
        json.add("violated", texts(result.violated()));
        json.addProperty("caught", result.caught());
        json.addProperty("end", words(result.end()));
        json.addProperty("runs", result.runs());
        json.addProperty("seconds", result.seconds());
        json.addProperty("tried", "here");
        return json;
    }

    private static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}
