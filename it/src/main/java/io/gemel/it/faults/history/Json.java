package io.gemel.it.faults.history;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.gemel.naming.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The JSON form of events and samples. */
final class Json {
    private static final Gson GSON = new Gson();

    private Json() {}

    static String line(Event event) {
        JsonObject json = new JsonObject();
        json.addProperty("i", event.index());
        json.addProperty("t", event.nanos());
        json.addProperty("p", event.process());
        json.addProperty("type", word(event.type()));
        json.addProperty("f", word(event.op()));
        addText(json, "node", event.node());
        addText(json, "key", event.key());
        event.value().ifPresent(value -> json.addProperty("value", value));
        event.expected().ifPresent(expected -> json.addProperty("expected", expected));
        event.revision().ifPresent(revision -> json.addProperty("revision", revision));
        if (!event.seen().isEmpty()) {
            JsonArray seen = new JsonArray();
            event.seen().forEach(one -> seen.add(json(one)));
            json.add("seen", seen);
        }
        event.error().ifPresent(error -> json.addProperty("error", error));
        return json.toString();
    }

    private static JsonObject json(Seen seen) {
        JsonObject json = new JsonObject();
        json.addProperty("key", seen.key());
        json.addProperty("value", seen.value());
        json.addProperty("revision", seen.revision());
        json.addProperty("ephemeral", seen.ephemeral());
        return json;
    }

    static Event event(String line) {
        JsonObject json = object(line);
        List<Seen> seen = new ArrayList<>();
        if (json.has("seen")) {
            json.getAsJsonArray("seen").forEach(one -> seen.add(seen(one.getAsJsonObject())));
        }
        return new Event(
                required(json, "i").getAsLong(),
                required(json, "t").getAsLong(),
                required(json, "p").getAsString(),
                Event.Type.valueOf(constant(required(json, "type"))),
                Op.valueOf(constant(required(json, "f"))),
                text(json, "node").orElse(""),
                text(json, "key").orElse(""),
                text(json, "value"),
                number(json, "expected"),
                number(json, "revision"),
                seen,
                text(json, "error"));
    }

    private static Seen seen(JsonObject json) {
        return new Seen(
                required(json, "key").getAsString(),
                required(json, "value").getAsString(),
                number(json, "revision").orElse(0),
                json.has("ephemeral") && json.get("ephemeral").getAsBoolean());
    }

    static String line(NodeSample sample) {
        JsonObject json = new JsonObject();
        json.addProperty("t", sample.nanos());
        json.addProperty("node", sample.node());
        json.addProperty("starts", sample.starts());
        json.addProperty("alive", sample.alive());
        json.addProperty("threads", sample.threads());
        json.addProperty("files", sample.files());
        json.addProperty("residentBytes", sample.residentBytes());
        sample.status().ifPresent(status -> json.add("status", GSON.toJsonTree(status)));
        return json.toString();
    }

    static NodeSample sample(String line) {
        JsonObject json = object(line);
        return new NodeSample(
                required(json, "t").getAsLong(),
                required(json, "node").getAsString(),
                required(json, "starts").getAsInt(),
                required(json, "alive").getAsBoolean(),
                json.has("status")
                        ? Optional.of(GSON.fromJson(json.get("status"), NodeStatus.class))
                        : Optional.empty(),
                (int) number(json, "threads").orElse(0),
                (int) number(json, "files").orElse(0),
                number(json, "residentBytes").orElse(0));
    }

    private static JsonObject object(String line) {
        JsonElement json = JsonParser.parseString(line);
        if (!json.isJsonObject()) {
            throw new JsonParseException("not a JSON object: " + line);
        }
        return json.getAsJsonObject();
    }

    private static JsonElement required(JsonObject json, String name) {
        JsonElement value = json.get(name);
        if (value == null) {
            throw new JsonParseException(name + " is missing: " + json);
        }
        return value;
    }

    private static Optional<String> text(JsonObject json, String name) {
        return json.has(name) ? Optional.of(json.get(name).getAsString()) : Optional.empty();
    }

    private static OptionalLong number(JsonObject json, String name) {
        return json.has(name) ? OptionalLong.of(json.get(name).getAsLong()) : OptionalLong.empty();
    }

    private static void addText(JsonObject json, String name, String value) {
        if (!value.isEmpty()) {
            json.addProperty(name, value);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String constant(JsonElement word) {
        return word.getAsString().toUpperCase(Locale.ROOT);
    }
}
