package io.gemel.naming;

import com.google.errorprone.annotations.FormatMethod;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** What every value of the registry must satisfy. A refusal names the field, the value and what was expected. */
final class Limits {
    static final int NAME_LENGTH_MAX = 255;
    static final int HOST_LENGTH_MAX = 253;
    static final int METADATA_BYTES_MAX = 16 * 1024;
    static final int METADATA_ENTRIES_MAX = 256;
    static final int OVERRIDE_METADATA_BYTES_MAX = 4 * 1024;
    static final int OVERRIDE_METADATA_ENTRIES_MAX = 64;
    static final int TYPED_BYTES_MAX = 64 * 1024;
    static final double WEIGHT_MAX = 10_000;
    static final int CAUSE_LENGTH_MAX = 200;
    static final int BATCH_MAX = 1_000;

    /** A name or an IPv4 address; or what an IPv6 address is made of: two colons at least, an IPv4 tail, a zone. */
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?");

    /** Stands in file names, addresses of Raft and lists with commas. */
    private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");
    private static final int QUOTED_MAX = 64;

    private Limits() {}

    static void name(String field, String value) {
        if (!isName(value)) {
            throw refuse(
                    "%s: %s (expected: 1..%d of A-Z a-z 0-9 _ . : @ -, starting with a letter, digit or _)",
                    field, quoted(value), NAME_LENGTH_MAX);
        }
    }

    /**
     * Starts with a letter, digit or _, so that no name can pass for an option or a path; the rest is what URLs carry unescaped, and '@'
     * for names that hold a group. Written out because every member checks each name of each write.
     */
    private static boolean isName(String value) {
        if (value.isEmpty() || value.length() > NAME_LENGTH_MAX || !isWord(value.charAt(0))) {
            return false;
        }
        for (int i = 1; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isWord(c) && c != '.' && c != ':' && c != '@' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    static void nodeId(String field, String value) {
        if (!NODE_ID.matcher(value).matches()) {
            throw refuse(
                    "%s: %s (expected: 1..64 of A-Z a-z 0-9 _ . -, starting with a letter, digit or _)",
                    field, quoted(value));
        }
    }

    static void host(String field, String value) {
        boolean plain = isName(value) && value.indexOf(':') < 0 && value.indexOf('@') < 0; // spares most the expression
        if (value.length() > HOST_LENGTH_MAX || (!plain && !HOST.matcher(value).matches())) {
            throw refuse("%s: %s (expected: an IPv4 or IPv6 address or a host name)", field, quoted(value));
        }
    }

    static void port(String field, int value) {
        if (value < 1 || value > 65_535) {
            throw refuse("%s: %d (expected: 1..65535)", field, value);
        }
    }

    static void weight(String field, double value) {
        if (!(value >= 0 && value <= WEIGHT_MAX)) {
            throw refuse("%s: %s (expected: 0..%.0f)", field, value, WEIGHT_MAX);
        }
    }

    static void share(String field, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw refuse("%s: %s (expected: 0..1)", field, value);
        }
    }

    static void typed(String field, int bytes) {
        if (bytes > TYPED_BYTES_MAX) {
            throw refuse("%s: %d bytes (expected: at most %d)", field, bytes, TYPED_BYTES_MAX);
        }
    }

    /** Of a service, or of an instance as it registers. */
    static Map<String, String> metadata(String field, Map<String, String> value) {
        return metadata(field, value, METADATA_ENTRIES_MAX, METADATA_BYTES_MAX, 0, 0);
    }

    static Map<String, String> overrideMetadata(String field, Map<String, String> value) {
        return metadata(field, value, OVERRIDE_METADATA_ENTRIES_MAX, OVERRIDE_METADATA_BYTES_MAX, 0, 0);
    }

    /** Of an instance as it is shown: what operators set comes on top, and must fit whatever was registered. */
    static Map<String, String> shownMetadata(String field, Map<String, String> value) {
        return metadata(
                field,
                value,
                METADATA_ENTRIES_MAX,
                METADATA_BYTES_MAX,
                OVERRIDE_METADATA_ENTRIES_MAX,
                OVERRIDE_METADATA_BYTES_MAX);
    }

    private static Map<String, String> metadata(
            String field, Map<String, String> value, int entriesMax, int bytesMax, int moreEntries, int moreBytes) {
        if (value.size() > entriesMax + moreEntries) {
            throw refuse("%s: %d entries (expected: at most %d)", field, value.size(), entriesMax);
        }
        long bytes = 0;
        for (Map.Entry<String, String> entry : value.entrySet()) {
            if (entry.getKey().isEmpty()) {
                throw refuse("%s: an empty key (expected: keys of at least one character)", field);
            }
            bytes += utf8Bytes(entry.getKey()) + utf8Bytes(entry.getValue());
        }
        if (bytes > bytesMax + moreBytes) {
            throw refuse("%s: %d bytes (expected: at most %d in all)", field, bytes, bytesMax);
        }
        return Map.copyOf(value);
    }

    static void cause(String field, String value) {
        if (value.length() > CAUSE_LENGTH_MAX || UNPRINTABLE.matcher(value).find()) {
            throw refuse("%s: %s (expected: at most %d printable characters)", field, quoted(value), CAUSE_LENGTH_MAX);
        }
    }

    static void batch(String field, int size) {
        if (size < 1 || size > BATCH_MAX) {
            throw refuse("%s: %d entries (expected: 1..%d)", field, size, BATCH_MAX);
        }
    }

    @FormatMethod
    static RegistryException refuse(String message, Object... args) {
        return new RegistryException(RegistryException.Code.BAD_REQUEST, message.formatted(args));
    }

    /** Nearly all text is ASCII, and every instance of every write is measured: that is not encoded for it. */
    private static int utf8Bytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return text.getBytes(StandardCharsets.UTF_8).length;
            }
        }
        return text.length();
    }

    /** In quotes, shortened, and with what could forge a log line or confuse a terminal escaped. */
    static String quoted(String value) {
        String start = value.substring(0, Math.min(value.length(), QUOTED_MAX));
        String escaped = UNPRINTABLE
                .matcher(start)
                .replaceAll(found -> "\\\\u%04x".formatted(found.group().codePointAt(0)));
        return value.length() <= QUOTED_MAX
                ? "'" + escaped + "'"
                : "'" + escaped + "…' (" + value.length() + " characters)";
    }
}
