package io.gemel.it.faults.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which seeded bugs the harness caught, as mutation-score.json beside the runs has it: an array of objects, or an object with
 * one array among other figures. The fields are the columns, so that the table of a newer harness can be shown too.
 *
 * @param figures what stands beside the array
 * @param bugs a row for each bug, by column
 */
record MutationScore(Map<String, String> figures, List<Map<String, String>> bugs) {
    private static final String FILE = "mutation-score.json";

    /** Reads it from {@code dir}, or else from the file {@code elsewhere}; without rows if there is neither. */
    static MutationScore in(Path dir, Path elsewhere) throws IOException {
        Path beside = dir.resolve(FILE);
        Path file = Files.exists(beside) ? beside : elsewhere;
        if (!Files.isRegularFile(file)) {
            return new MutationScore(Map.of(), List.of());
        }
        JsonElement json = Fields.read(file);
        JsonObject object = Fields.object(json);
        JsonArray rows = json.isJsonArray() ? json.getAsJsonArray() : new JsonArray();
        JsonObject figures = new JsonObject();
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            if (entry.getValue().isJsonArray()) {
                rows = entry.getValue().getAsJsonArray();
            } else {
                figures.add(entry.getKey(), entry.getValue());
            }
        }
        List<Map<String, String>> bugs = new ArrayList<>();
        JsonObject wrapper = new JsonObject();
        for (JsonElement row : rows) {
            wrapper.add("row", flat(Fields.object(row)));
            bugs.add(Fields.map(wrapper, "row"));
        }
        wrapper.add("figures", figures);
        return new MutationScore(Fields.map(wrapper, "figures"), bugs);
    }

    void write(Html out) {
        if (bugs.isEmpty()) {
            return;
        }
        Set<String> columns = new LinkedHashSet<>();
        bugs.forEach(bug -> columns.addAll(bug.keySet()));
        out.raw("<section id=\"mutants\"><h2>Seeded bugs</h2>\n");
        out.raw(
                "<p class=\"note\">Each was put into servers or clients on purpose; a harness that is worth something turns red.</p>");
        out.pairs(figures);
        out.table("mutants", columns.toArray(String[]::new));
        for (Map<String, String> bug : bugs) {
            out.open("tr", "class", bug.getOrDefault("caught", "").equals("false") ? "violated" : "");
            columns.forEach(column -> out.element("td", word(bug.getOrDefault(column, ""))));
            out.raw("</tr>\n");
        }
        out.endTable().close("section").raw("\n");
    }

    private static String word(String value) {
        return switch (value) {
            case "true" -> "✓ yes";
            case "false" -> "✗ no";
            default -> value.startsWith("PT") ? VerdictSection.time(value) : value;
        };
    }

    /** Lists of words as one text. */
    private static JsonObject flat(JsonObject row) {
        JsonObject flat = new JsonObject();
        row.entrySet().forEach(entry -> {
            boolean list = entry.getValue().isJsonArray();
            String words = list ? Fields.texts(row, entry.getKey()).stream().collect(Collectors.joining(", ")) : "";
            flat.add(entry.getKey(), list ? new JsonPrimitive(words) : entry.getValue());
        });
        return flat;
    }
}
