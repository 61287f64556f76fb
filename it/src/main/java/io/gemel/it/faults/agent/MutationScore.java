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

    /** The names of those that no check found that must. */
    List<String> survivors() {
        return results.stream()
                .filter(result -> !result.caught())
                .map(result -> result.mutant().name())
                .toList();
    }

    /** A line for each, then the score. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        for (MutationResult result : results) {
            Mutant mutant = result.mutant();
            lines.add("%-8s  %-26s  %-16s  %-34s  %3d s  %s"
                    .formatted(
                            result.caught() ? "caught" : "SURVIVED",
                            mutant.name(),
                            mutant.workload(),
                            mutant.nemeses().isEmpty() ? "no fault" : String.join(", ", mutant.nemeses()),
                            result.seconds(),
                            result.violated().isEmpty()
                                    ? result.reached() ? "nothing found" : "never reached"
                                    : String.join(", ", result.violated())));
        }
        int caught = results.size() - survivors().size();
        lines.add("%d of %d seeded bugs caught".formatted(caught, results.size()));
        return lines;
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
        json.addProperty("reached", result.reached());
        json.addProperty("seconds", result.seconds());
        return json;
    }

    private static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}
