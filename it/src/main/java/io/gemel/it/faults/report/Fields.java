package io.gemel.it.faults.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * Reads what a run wrote about itself, and puts up with what is missing.
 *
 * <p>A report has to be readable for the runs that went wrong, and of an older harness too.
 */
final class Fields {
    private Fields() {}

    /** The JSON object in {@code file}; an empty one if there is no such file or something else is in it. */
    static JsonObject object(Path file) throws IOException {
        return object(read(file));
    }

    /** The JSON in {@code file}; an empty object if there is no such file. */
    static JsonElement read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new JsonObject();
        }
        try (Reader reader = Files.newBufferedReader(file)) {
            return JsonParser.parseReader(reader);
        }
    }

    static JsonObject object(JsonElement element) {
        return element.isJsonObject() ? element.getAsJsonObject() : new JsonObject();
    }

    /** The field as text, whatever it is; empty if it is absent. */
    static String text(JsonObject json, String name) {
        return has(json, name) ? text(json.get(name)) : "";
    }

    static long number(JsonObject json, String name) {
        return has(json, name)
                        && json.get(name).isJsonPrimitive()
                        && json.getAsJsonPrimitive(name).isNumber()
                ? json.get(name).getAsLong()
                : 0;
    }

    static boolean truth(JsonObject json, String name) {
        return text(json, name).equals("true");
    }

    static List<JsonObject> objects(JsonObject json, String name) {
        return elements(json, name).stream().map(Fields::object).toList();
    }

    static List<String> texts(JsonObject json, String name) {
        return elements(json, name).stream().map(Fields::text).toList();
    }

    static List<Long> numbers(JsonObject json, String name) {
        return elements(json, name).stream().map(JsonElement::getAsLong).toList();
    }

    static Map<String, String> map(JsonObject json, String name) {
        Map<String, String> map = new LinkedHashMap<>();
        if (has(json, name)) {
            object(json.get(name)).entrySet().forEach(entry -> map.put(entry.getKey(), text(entry.getValue())));
        }
        return map;
    }

    private static List<JsonElement> elements(JsonObject json, String name) {
        if (!has(json, name) || !json.get(name).isJsonArray()) {
            return List.of();
        }
        JsonArray array = json.getAsJsonArray(name);
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static String text(JsonElement element) {
        return element.isJsonPrimitive() ? element.getAsString() : element.toString();
    }

    private static boolean has(JsonObject json, String name) {
        return json.has(name) && !json.get(name).isJsonNull();
    }
}
