package io.gemel.transport.nacos;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a request over HTTP: of its query and of a form in its body, as if they were one list. Immutable.
 *
 * <p>A parameter that is there twice is refused unless both say the same: whoever stands before the server, and looks at one of them, may have seen
 * the other. So is one that is not UTF-8.
 */
final class HttpParameters {
    /** No request of the dialect has a third as many. */
    private static final int COUNT_MAX = 100;

    private final Map<String, String> values;

    private HttpParameters(Map<String, String> values) {
        this.values = values;
    }

    /** Throws {@link HttpRefusal} for what cannot be decoded, for contradictions and for far too many. */
    static HttpParameters of(byte[] query, byte[] form) {
        Map<String, String> values = new LinkedHashMap<>();
        read(query, values);
        read(form, values);
        return new HttpParameters(Map.copyOf(values));
    }

    /** What is given; a blank one is as good as none. */
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
    }

    private static void read(byte[] pairs, Map<String, String> values) {
        int from = 0;
        while (from < pairs.length) {
            int end = indexOf(pairs, '&', from, pairs.length);
            if (end > from) {
                put(pairs, from, end, values);
            }
            from = end + 1;
        }
    }

    private static void put(byte[] pairs, int from, int end, Map<String, String> values) {
        int equals = indexOf(pairs, '=', from, end);
        String name = decoded(pairs, from, equals);
        String value = equals == end ? "" : decoded(pairs, equals + 1, end);
        String other = values.putIfAbsent(name, value);
        if (other != null && !other.equals(value)) {
            throw HttpRefusal.invalid("a parameter is there twice and says different things (expected: each one once)");
        }
        if (values.size() > COUNT_MAX) {
            throw HttpRefusal.invalid("too many parameters (expected: at most " + COUNT_MAX + ")");
        }
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    private static String decoded(byte[] bytes, int from, int end) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(end - from);
        for (int i = from; i < end; i++) {
            if (bytes[i] == '%') {
                if (i + 2 >= end) {
                    throw badEncoding();
                }
                out.write(hexDigit(bytes[i + 1]) << 4 | hexDigit(bytes[i + 2]));
                i += 2;
            } else {
                out.write(bytes[i] == '+' ? ' ' : bytes[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw badEncoding();
        }
    }

    private static int hexDigit(byte character) {
        int digit = Character.digit((char) (character & 0xff), 16);
        if (digit < 0) {
            throw badEncoding();
        }
        return digit;
    }

    private static HttpRefusal badEncoding() {
        return HttpRefusal.invalid("a parameter is not encoded as UTF-8 in a URL is (expected: %XX for each byte)");
    }
}
