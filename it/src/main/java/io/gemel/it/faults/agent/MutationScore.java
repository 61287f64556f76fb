package io.gemel.it.faults.agent;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which seeded bugs were found by what, as a table for people and as mutation-score.json for reports. */
record MutationScore(List<MutationResult> results) {
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

    /** Writes mutation-score.json. */
    void write(Path file) {
        JsonObject json = new JsonObject();
        json.addProperty("caught", results.size() - survivors().size());
        json.addProperty("all", results.size());
        JsonArray mutants = new JsonArray();
        results.forEach(result -> mutants.add(json(result)));
        json.add("mutants", mutants);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file, new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        return json;
    }

    private static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}
