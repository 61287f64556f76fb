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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Which seeded bugs were found by what, as a table for people and as mutation-score.json for reports. */
record MutationScore(List<MutationResult> results) {
    /** By which checks simulated time found it. */
    static final String SIMULATED = "in simulated time";

    /** What is said of a bug that no process was tried with. */
    static final String NOT_HERE = "in simulated time alone";

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
        long simulated = results.stream()
                .filter(result -> result.end() == MutationResult.End.SIMULATED)
                .count();
        int caught = results.size() - survivors().size();
        lines.add("%d of %d seeded bugs caught: %d in processes, %d in simulated time"
                .formatted(caught, results.size(), caught - simulated, simulated));
        return lines;
    }

    /** How one fared. */
    static String line(MutationResult result) {
        Mutant mutant = result.mutant();
        if (result.end() == MutationResult.End.SIMULATED) {
            return "%-11s  %-26s  in simulated time: %s".formatted("caught", mutant.name(), result.left());
        }
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
            case SIMULATED -> "caught in simulated time";
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
        long caught = count(rows.values(), row -> row.get("caught").getAsBoolean());
        long simulated =
                count(rows.values(), row -> row.get("tried").getAsString().equals(NOT_HERE));
        json.addProperty("caught", caught);
        json.addProperty("all", rows.size());
        json.addProperty("in processes", caught - simulated);
        json.addProperty("in simulated time alone", simulated);
        json.add("mutants", mutants);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file, new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long count(Collection<JsonObject> rows, Predicate<JsonObject> condition) {
        return rows.stream().filter(condition).count();
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
        if (result.end() == MutationResult.End.SIMULATED) {
            json.addProperty("caught", true);
            json.addProperty("end", words(result.end()));
            json.addProperty("why", result.left());
            json.addProperty("tried", NOT_HERE);
            return json;
        }
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
