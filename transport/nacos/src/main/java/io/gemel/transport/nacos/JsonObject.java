package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.gemel.naming.RegistryException;
import io.gemel.naming.SharedText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a request. Fields that nobody asks for do no harm, and null is the same as absent; that is how Nacos reads JSON. A field of
 * another type than is asked for is refused by name. Immutable.
 */
final class JsonObject {
    /** Without fields. */
    static final JsonObject EMPTY = new JsonObject(Map.of());

    private final Map<String, Object> fields; // texts, numbers, flags, objects and lists of these

    private JsonObject(Map<String, Object> fields) {
        this.fields = fields;
    }

    /** Reads {@code json}; throws {@link RegistryException} with {@code BAD_REQUEST} if it is no JSON object and nothing else. */
    static JsonObject parse(ByteString json) {
        return parse(() -> Json.FACTORY.createParser(json.newInput()));
    }

    /** As {@link #parse(ByteString)}. */
    static JsonObject parse(String json) {
        return parse(() -> Json.FACTORY.createParser(json));
    }

    /** Reads a JSON array of objects, else as {@link #parse(String)}. */
    static List<JsonObject> parseList(String json) {
        return read(() -> Json.FACTORY.createParser(json), JsonToken.START_ARRAY, parser -> {
            List<JsonObject> objects = new ArrayList<>();
            for (Object item : list(parser)) {
                objects.add(as(JsonObject.class, "body", item, "an array of objects"));
            }
            return objects;
        });
    }

    /** The text of {@code field}; a number or a flag counts as its text. */
    Optional<String> text(String field) {
        Object value = fields.get(field);
        if (value instanceof Number || value instanceof Boolean) {
            return Optional.of(value.toString());
        }
        return optional(String.class, field, "a text");
    }

    /** The flag of {@code field}. */
    boolean flag(String field, boolean otherwise) {
        Object value = fields.get(field);
        if (value instanceof String text && (text.equals("true") || text.equals("false"))) {
            return text.equals("true");
        }
        return optional(Boolean.class, field, "true or false").orElse(otherwise);
    }

    /** The number of {@code field}. */
    double number(String field, double otherwise) {
        return number(field).map(Number::doubleValue).orElse(otherwise);
    }

    /** The whole number of {@code field}. */
    int integer(String field, int otherwise) {
        Optional<Number> number = number(field);
        if (number.isEmpty()) {
            return otherwise;
        }
        double value = number.get().doubleValue();
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw refuse(field, "a whole number");
        }
        return (int) value;
    }

    private Optional<Number> number(String field) {
        if (fields.get(field) instanceof String text) {
            try {
                return Optional.of(Double.valueOf(text));
            } catch (NumberFormatException e) {
                throw refuse(field, "a number");
            }
        }
        return optional(Number.class, field, "a number");
    }

    /** The object of {@code field}. */
    Optional<JsonObject> object(String field) {
        return optional(JsonObject.class, field, "an object");
    }

    /** The objects of the list of {@code field}; none if it is absent. */
    List<JsonObject> objects(String field) {
        return items(field, JsonObject.class, "a list of objects");
    }

    /** The texts of the list of {@code field}; none if it is absent. */
    List<String> texts(String field) {
        return items(field, String.class, "a list of texts");
    }

    /** Whether {@code field} is there and not null. */
    boolean has(String field) {
        return fields.containsKey(field);
    }

    /** Whether {@code field} is a list. */
    boolean isList(String field) {
        return fields.get(field) instanceof List;
    }

    /** All fields as texts, as metadata has them, those that come again shared; throws {@code BAD_REQUEST} for one that is neither text, number nor flag. */
    Map<String, String> allTexts() {
        Map<String, String> texts = new LinkedHashMap<>();
        fields.keySet()
                .forEach(field -> text(field).ifPresent(text -> texts.put(SharedText.of(field), SharedText.of(text))));
        return texts;
    }

    private <T> List<T> items(String field, Class<T> type, String expected) {
        List<T> items = new ArrayList<>();
        for (Object item : optional(List.class, field, expected).orElse(List.of())) {
            items.add(as(type, field, item, expected));
        }
        return items;
    }

    private <T> Optional<T> optional(Class<T> type, String field, String expected) {
        Object value = fields.get(field);
        return value == null ? Optional.empty() : Optional.of(as(type, field, value, expected));
    }

    private static <T> T as(Class<T> type, String field, Object value, String expected) {
        if (!type.isInstance(value)) {
            throw refuse(field, expected);
        }
        return type.cast(value);
    }

    private static RegistryException refuse(String field, String expected) {
        return new RegistryException(
                RegistryException.Code.BAD_REQUEST, "Param '" + field + "' is illegal, it should be " + expected + ".");
    }

    /** Opens what is to be read. */
    @FunctionalInterface
    private interface Source {
        JsonParser open() throws IOException;
    }

    /** Reads what begins at the parser's token. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(JsonParser parser) throws IOException;
    }

    private static JsonObject parse(Source source) {
        return read(source, JsonToken.START_OBJECT, JsonObject::object);
    }

    private static <T> T read(Source source, JsonToken first, Reading<T> reading) {
        try (JsonParser parser = source.open()) {
            if (parser.nextToken() != first) {
                throw new RegistryException(RegistryException.Code.BAD_REQUEST, "body: not a JSON value as expected");
            }
            T value = reading.read(parser);
            if (parser.nextToken() != null) {
                throw new RegistryException(RegistryException.Code.BAD_REQUEST, "body: more than one JSON value");
            }
            return value;
        } catch (IOException e) {
            throw new RegistryException(RegistryException.Code.BAD_REQUEST, "body: broken JSON", e);
        }
    }

    private static JsonObject object(JsonParser parser) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            Object value = value(parser);
            if (value != null) {
                fields.put(field, value);
            }
        }
        return new JsonObject(fields);
    }

    private static List<Object> list(JsonParser parser) throws IOException {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Object item = value(parser);
            if (item != null) {
                items.add(item);
            }
        }
        return items;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> list(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> wholeNumber(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> null;
        };
    }

    private static Number wholeNumber(JsonParser parser) throws IOException {
        if (parser.getBigIntegerValue().bitLength() < Long.SIZE) {
            return parser.getLongValue(); // not by a conditional operator, which would make a double of it
        }
        return parser.getDoubleValue();
    }
}
