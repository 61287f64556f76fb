package io.gemel.it.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.gemel.bootstrap.cli.Table;
import java.util.ArrayList;
import java.util.List;

/** Prints results for people or for programs. */
final class Report {
    private static final Gson JSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    private Report() {}

    /** A table for results that show the same figures. Each cell is a median with [min-max]. */
    static List<String> table(List<Result> results) {
        List<String> lines = new ArrayList<>();
        List<String> titles = new ArrayList<>(List.of("setup"));
        titles.addAll(results.get(0).figures().keySet());
        Table table = new Table(titles.toArray(String[]::new));
        for (Result result : results) {
            List<Object> cells = new ArrayList<>(List.of(result.setup()));
            cells.addAll(result.figures().values());
            table.row(cells.toArray());
        }
        lines.addAll(table.lines("  "));
        for (Result result : results) {
            result.notes().forEach(note -> lines.add("  note: " + result.setup() + ": " + note));
        }
        return lines;
    }

    /** All results as one JSON array. */
    static String json(List<Result> results) {
        return JSON.toJson(results);
    }
}
