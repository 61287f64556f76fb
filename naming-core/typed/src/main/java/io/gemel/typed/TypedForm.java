package io.gemel.typed;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * How values of one class travel: under which name, with which fields.
 *
 * @param name what the bytes call it; stable across versions, and not the name of a Java class
 * @param type the class of the values, which no other form has; immutable values with {@code equals}, as records are
 * @param fields the names of its fields, in the order in which they are written, at most 32; one that was written by a newer version and is
 *     not among them is refused, one that an older version did not write is absent
 * @param write a value's fields: {@link String}, {@link Boolean}, {@link Integer}, {@link Long}, {@link Double}, lists and maps with text
 *     keys of these, and values that have forms themselves; what is absent is left out
 * @param read makes a value of its fields by its constructor, which checks them and throws {@link io.gemel.naming.RegistryException} with
 *     {@code BAD_REQUEST} if they are out of range
 */
public record TypedForm<T>(
        String name,
        Class<T> type,
        List<String> fields,
        Function<T, Map<String, Object>> write,
        Function<TypedFields, T> read) {
    static final int FIELDS_MAX = 32;

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,126}");

    /** Throws {@link IllegalArgumentException} for a name, or names of fields, that cannot be written. */
    public TypedForm {
        fields = List.copyOf(fields);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "form: '" + name + "' (expected: 1..127 of A-Z a-z 0-9 _ . -, starting with a letter)");
        }
        if (fields.size() > FIELDS_MAX) {
            throw new IllegalArgumentException(
                    name + ": " + fields.size() + " fields (expected: at most " + FIELDS_MAX + ")");
        }
        for (String field : fields) {
            if (!NAME.matcher(field).matches()) {
                throw new IllegalArgumentException(name + ": field '" + field
                        + "' (expected: 1..127 of A-Z a-z 0-9 _ . -, starting with a letter)");
            }
        }
        if (new HashSet<>(fields).size() < fields.size()) {
            throw new IllegalArgumentException(name + ": " + fields + " (expected: each field once)");
        }
    }

    /** The fields of {@code value}, which is of this form's class. */
    Map<String, Object> fieldsOf(Object value) {
        Map<String, Object> written = write.apply(type.cast(value));
        for (String field : written.keySet()) {
            if (!fields.contains(field)) {
                throw new IllegalArgumentException(
                        name + ": wrote the field '" + field + "' (expected: one of " + fields + ")");
            }
        }
        return written;
    }
}
