package io.gemel.it.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.gemel.bootstrap.cli.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints results for people or for programs. */
final class Report {
    private static final Gson JSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    private Report() {}

    /**
     * A table for results that show the same figures, or one for each kind. Each cell is a median with [min-max]. Of several
     * measures the rows say which they are of.
     */
    static List<String> table(List<Result> results) {
        boolean several = results.stream().map(Result::measure).distinct().count() > 1;
        Map<List<String>, List<Result>> alike = new LinkedHashMap<>();
        for (Result result : results) {
            alike.computeIfAbsent(List.copyOf(result.figures().keySet()), titles -> new ArrayList<>())
                    .add(result);
        }
        List<String> lines = new ArrayList<>();
        alike.forEach((titles, rows) -> lines.addAll(table(titles, rows, several)));
        for (Result result : results) {
            String which = (several ? result.measure() + ", " : "") + result.setup();
            result.notes().forEach(note -> lines.add("  note: " + which + ": " + note));
        }
        return lines;
    }

    private static List<String> table(List<String> figures, List<Result> rows, boolean several) {
        List<String> titles = new ArrayList<>(several ? List.of("measure", "setup") : List.of("setup"));
        titles.addAll(figures);
        Table table = new Table(titles.toArray(String[]::new));
        for (Result row : rows) {
            List<Object> cells = new ArrayList<>(several ? List.of(row.measure(), row.setup()) : List.of(row.setup()));
            cells.addAll(row.figures().values());
            table.row(cells.toArray());
        }
        return table.lines("  ");
    }

    /** All results as one JSON array. */
    static String json(List<Result> results) {
        return JSON.toJson(results);
    }
}
