package io.gemel.typed;

import io.gemel.naming.RegistryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Walks the bytes of typed metadata before anything is made of them, and refuses what is not on the allow-list or too large.
 *
 * <p>It follows the grammar of Hessian 2.0 (the Hessian 2.0 Serialization Protocol, section 4) in a strict subset: a list of objects
 * of known forms, in which there are numbers, texts, untyped lists and maps with text keys, and further such objects. No references, so that all is a
 * tree; no type names but those of forms; no chunks, dates or binaries. It keeps positions and the names on the way, nothing else: it loads and makes no class, and its
 * memory and depth are bounded whatever the bytes claim.
 */
final class HessianScan {
    static final int BYTES_MAX = 64 * 1024;
    static final int DEPTH_MAX = 16;
    static final int VALUES_MAX = 4_096;
    static final int ELEMENTS_MAX = 1_024;
    static final int TEXT_MAX = 8_192;
    static final int OBJECTS_MAX = 16;

    private final byte[] bytes;
    private final Map<String, TypedForm<?>> allowed;
    private final List<String> definitions = new ArrayList<>();
    private final List<Integer> fieldCounts = new ArrayList<>();
    private int at;
    private int values;

    private HessianScan(byte[] bytes, Map<String, TypedForm<?>> allowed) {
        this.bytes = bytes;
        this.allowed = allowed;
    }

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} unless {@code bytes} are typed metadata of the forms in {@code allowed} alone. */
    static void check(byte[] bytes, Map<String, TypedForm<?>> allowed) {
        if (bytes.length > BYTES_MAX) {
            throw Refusals.refuse("typed metadata: %d bytes (expected: at most %d)", bytes.length, BYTES_MAX);
        }
        HessianScan scan = new HessianScan(bytes, allowed);
        scan.all();
        if (scan.at < bytes.length) {
            throw scan.refuse("%d bytes after the end".formatted(bytes.length - scan.at), "none");
        }
    }

    private void all() {
        int tag = next();
        if (kind(tag) != Kind.LIST) {
            throw refuse(named(tag), "a list of objects");
        }
        int count = length(tag);
        if (count > OBJECTS_MAX) {
            throw refuse(count + " objects", "at most " + OBJECTS_MAX);
        }
        for (int i = 0; i < count; i++) {
            int first = next();
            if (kind(first) != Kind.OBJECT && kind(first) != Kind.DEFINITION) {
                throw refuse(named(first), "an object");
            }
            value(first, 1);
        }
    }

    /** What a value begins with. The names stand in refusals. */
    private enum Kind {
        NULL("null"),
        FIXED("a number or a truth value"),
        TEXT("a text"),
        LIST("a list"),
        MAP("a map"),
        DEFINITION("a class definition"),
        OBJECT("an object"),
        TYPED_LIST("a list with a type"),
        TYPED_MAP("a map with a type"),
        ENDLESS_LIST("a list without a length"),
        REFERENCE("a reference"),
        TEXT_CHUNK("a text in chunks"),
        BINARY("binary"),
        DATE("a date"),
        NOTHING("no value");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    private static Kind kind(int tag) {
        if (tag <= 0x1f || (tag >= 0x30 && tag <= 0x33) || tag == 'S') {
            return Kind.TEXT;
        }
        if (tag <= 0x2f || (tag >= 0x34 && tag <= 0x37) || tag == 'A' || tag == 'B') {
            return Kind.BINARY;
        }
        if (tag >= 0x80 || fixedBytes(tag) >= 0) {
            return Kind.FIXED;
        }
        if (tag >= 0x60) {
            return tag <= 0x6f ? Kind.OBJECT : tag <= 0x77 ? Kind.TYPED_LIST : Kind.LIST;
        }
        return switch (tag) {
            case 'N' -> Kind.NULL;
            case 'X' -> Kind.LIST;
            case 'H' -> Kind.MAP;
            case 'C' -> Kind.DEFINITION;
            case 'O' -> Kind.OBJECT;
            case 'M' -> Kind.TYPED_MAP;
            case 'U', 'V' -> Kind.TYPED_LIST;
            case 'W' -> Kind.ENDLESS_LIST;
            case 'Q' -> Kind.REFERENCE;
            case 'R' -> Kind.TEXT_CHUNK;
            case 0x4a, 0x4b -> Kind.DATE;
            default -> Kind.NOTHING;
        };
    }

    /** How many bytes follow {@code tag} if it begins a number or a truth value; -1 if it does not. */
    private static int fixedBytes(int tag) {
        if (tag >= 0x80) {
            boolean direct = tag <= 0xbf || (tag >= 0xd8 && tag <= 0xef);
            return direct ? 0 : tag >= 0xd0 && tag <= 0xd7 ? 2 : 1;
        }
        if (tag >= 0x38 && tag <= 0x3f) {
            return 2;
        }
        return switch (tag) {
            case 'T', 'F', 0x5b, 0x5c -> 0;
            case 0x5d -> 1;
            case 0x5e -> 2;
            case 'I', 'Y', 0x5f -> 4;
            case 'L', 'D' -> 8;
            default -> -1;
        };
    }

    private void value(int tag, int depth) {
        if (++values > VALUES_MAX) {
            throw refuse("more than " + VALUES_MAX + " values", "fewer");
        }
        if (depth > DEPTH_MAX) {
            throw refuse("values nested more than " + DEPTH_MAX + " deep", "fewer");
        }
        switch (kind(tag)) {
            case NULL -> {}
            case FIXED -> skip(fixedBytes(tag));
            case TEXT -> text(tag);
            case LIST -> list(length(tag), depth);
            case MAP -> map(depth);
            case DEFINITION -> {
                define();
                int instance = next();
                if (kind(instance) != Kind.OBJECT) {
                    throw refuse(named(instance), "an object of the class just defined");
                }
                object(instance, depth);
            }
            case OBJECT -> object(tag, depth);
            case TYPED_LIST, TYPED_MAP, ENDLESS_LIST, REFERENCE, TEXT_CHUNK, BINARY, DATE, NOTHING ->
                throw refuse(
                        named(tag),
                        "a number, a truth value, a text, an untyped list or map, or an object of a known class");
        }
    }

    private void list(int length, int depth) {
        for (int i = 0; i < length; i++) {
            element(depth);
        }
    }

    private void element(int depth) {
        int tag = next();
        if (kind(tag) == Kind.NULL) {
            throw refuse("null in a list or map", "a value");
        }
        value(tag, depth + 1);
    }

    private void map(int depth) {
        Set<String> keys = new HashSet<>();
        int tag = next();
        while (tag != 'Z') {
            if (kind(tag) != Kind.TEXT) {
                throw refuse(named(tag) + " as the key of a map", "a text");
            }
            String key = text(tag);
            if (!keys.add(key)) {
                throw refuse("the key " + Refusals.quoted(key) + " twice in a map", "each once");
            }
            if (keys.size() > ELEMENTS_MAX) {
                throw refuse("more than " + ELEMENTS_MAX + " entries in a map", "fewer");
            }
            element(depth);
            tag = next();
        }
    }

    private void define() {
        int start = at;
        String name = text(next());
        TypedForm<?> form = allowed.get(name);
        if (form == null) {
            at = start;
            throw refuse("class " + Refusals.quoted(name), "one of " + new TreeSet<>(allowed.keySet()));
        }
        if (definitions.contains(name)) {
            throw refuse("a second definition of " + name, "one");
        }
        int count = integer(next());
        if (count < 0 || count > TypedForm.FIELDS_MAX) {
            throw refuse(count + " fields of " + name, "at most " + TypedForm.FIELDS_MAX);
        }
        Set<String> fields = new HashSet<>();
        for (int i = 0; i < count; i++) {
            String field = text(next());
            if (!form.fields().contains(field) || !fields.add(field)) {
                throw refuse(
                        "field " + Refusals.quoted(field) + " of " + name,
                        "of " + form.fields() + ", each at most once");
            }
        }
        definitions.add(name);
        fieldCounts.add(count);
    }

    private void object(int tag, int depth) {
        int definition = tag == 'O' ? integer(next()) : tag - 0x60;
        if (definition < 0 || definition >= definitions.size()) {
            throw refuse("an object of class number " + definition, definitions.size() + " classes defined so far");
        }
        int count = fieldCounts.get(definition);
        for (int i = 0; i < count; i++) {
            value(next(), depth + 1);
        }
    }

    private int length(int tag) {
        int length = tag == 'X' ? integer(next()) : tag - 0x78;
        // Each element takes a byte at least: what claims more than there are is refused before it is walked.
        if (length < 0 || length > ELEMENTS_MAX || length > bytes.length - at) {
            throw refuse(
                    "a list of " + length,
                    "at most " + ELEMENTS_MAX + ", and no more than the " + (bytes.length - at) + " bytes left");
        }
        return length;
    }

    /** Only the forms of an int, where the protocol has an int. */
    private int integer(int tag) {
        if (tag >= 0x80 && tag <= 0xbf) {
            return tag - 0x90;
        }
        if (tag >= 0xc0 && tag <= 0xcf) {
            return ((tag - 0xc8) << 8) + next();
        }
        if (tag >= 0xd0 && tag <= 0xd7) {
            return ((tag - 0xd4) << 16) + (next() << 8) + next();
        }
        if (tag == 'I') {
            return (next() << 24) + (next() << 16) + (next() << 8) + next();
        }
        throw refuse(named(tag), "a length or an index");
    }

    private String text(int tag) {
        if (kind(tag) != Kind.TEXT) {
            throw refuse(named(tag), "a text");
        }
        int length = tag == 'S' ? (next() << 8) + next() : tag >= 0x30 ? ((tag - 0x30) << 8) + next() : tag;
        if (length > TEXT_MAX || length > bytes.length - at) {
            throw refuse(
                    "a text of " + length + " characters",
                    "at most " + TEXT_MAX + ", and no more than the " + (bytes.length - at) + " bytes left");
        }
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(character());
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean paired = Character.isHighSurrogate(c)
                    ? i + 1 < length && Character.isLowSurrogate(text.charAt(++i))
                    : !Character.isLowSurrogate(c);
            if (!paired) {
                throw refuse("half of a surrogate pair", "whole characters");
            }
        }
        return text.toString();
    }

    /** One UTF-16 unit: Hessian writes each half of a surrogate pair by itself. */
    private char character() {
        int first = next();
        if (first < 0x80) {
            return (char) first;
        }
        if (first >= 0xc2 && first <= 0xdf) {
            return (char) (((first & 0x1f) << 6) + continuation());
        }
        if (first >= 0xe0 && first <= 0xef) {
            int unit = ((first & 0x0f) << 12) + (continuation() << 6) + continuation();
            if (unit >= 0x800) {
                return (char) unit;
            }
        }
        throw refuse("a text that is not UTF-8", "UTF-8");
    }

    private int continuation() {
        int next = next();
        if ((next & 0xc0) != 0x80) {
            throw refuse("a text that is not UTF-8", "UTF-8");
        }
        return next & 0x3f;
    }

    private void skip(int count) {
        for (int i = 0; i < count; i++) {
            int unused = next();
        }
    }

    private int next() {
        if (at == bytes.length) {
            throw refuse("it ends here", "more bytes");
        }
        return bytes[at++] & 0xff;
    }

    /** What {@code tag}, just read, begins; of what has a type, that too as far as it can be read. */
    private String named(int tag) {
        Kind kind = kind(tag);
        if (kind == Kind.NOTHING) {
            return "the byte 0x%02x".formatted(tag);
        }
        boolean typed = kind == Kind.TYPED_LIST || kind == Kind.TYPED_MAP || kind == Kind.DEFINITION;
        if (typed && at < bytes.length && kind(bytes[at] & 0xff) == Kind.TEXT) {
            return kind.text + " " + Refusals.quoted(text(next()));
        }
        return kind.text;
    }

    private RegistryException refuse(String found, String expected) {
        return Refusals.refuse("typed metadata at byte %d: %s (expected: %s)", at, found, expected);
    }
}
