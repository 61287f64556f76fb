package io.gemel.typed;

import io.gemel.naming.RegistryException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The fields of a value that is about to be made, as they were read. Each method throws {@link RegistryException} with {@code BAD_REQUEST} if the field is not what is asked for. */
public final class TypedFields {
    private final String form;
    private final Map<String, Object> values;

    /** Of a value of the form {@code form}; absent fields are left out. */
    TypedFields(String form, Map<String, Object> values) {
        this.form = form;
        this.values = values;
    }

    /** A text that must be there. */
    public String text(String field) {
        return find(field, String.class).orElseThrow(() -> absent(field, "a text"));
    }

    /** A text, if it is there. */
    public Optional<String> optionalText(String field) {
        return find(field, String.class);
    }

    /** A whole number that must be there. */
    public int integer(String field) {
        return find(field, Integer.class).orElseThrow(() -> absent(field, "a whole number"));
    }

    /** A whole number, if it is there. */
    public Optional<Integer> optionalInteger(String field) {
        return find(field, Integer.class);
    }

    /** A time in whole milliseconds that must be there. */
    public Duration millis(String field) {
        return Duration.ofMillis(integer(field));
    }

    /** A list of whole numbers that must be there. */
    public List<Integer> integers(String field) {
        List<?> list = find(field, List.class).orElseThrow(() -> absent(field, "a list of whole numbers"));
        return list.stream().map(element -> as(field, element, Integer.class)).toList();
    }

    /** A map from text to text that must be there. */
    public Map<String, String> texts(String field) {
        Map<?, ?> map = find(field, Map.class).orElseThrow(() -> absent(field, "a map of texts"));
        return map.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        entry -> as(field, entry.getKey(), String.class),
                        entry -> as(field, entry.getValue(), String.class)));
    }

    /** A value of the class {@code type}, which has a form itself, that must be there. */
    public <T> T value(String field, Class<T> type) {
        return find(field, type).orElseThrow(() -> absent(field, type.getSimpleName()));
    }

    private <T> Optional<T> find(String field, Class<T> type) {
        return Optional.ofNullable(values.get(field)).map(value -> as(field, value, type));
    }

    private <T> T as(String field, Object value, Class<T> type) {
        if (!type.isInstance(value)) {
            throw Refusals.refuse(
                    "%s.%s: %s (expected: %s)", form, field, value.getClass().getSimpleName(), type.getSimpleName());
        }
        return type.cast(value);
    }

    private RegistryException absent(String field, String expected) {
        return Refusals.refuse("%s.%s: absent (expected: %s)", form, field, expected);
    }
}
