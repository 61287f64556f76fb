package io.gemel.typed;

import com.google.errorprone.annotations.FormatMethod;
import io.gemel.naming.RegistryException;
import java.time.Duration;

/** What the values of typed metadata must satisfy. A refusal names the field, the value and what was expected. */
final class Refusals {
    private static final int QUOTED_MAX = 64;

    private Refusals() {}

    @FormatMethod
    static RegistryException refuse(String message, Object... args) {
        return new RegistryException(RegistryException.Code.BAD_REQUEST, message.formatted(args));
    }

    static void range(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw refuse("%s: %d (expected: %d..%d)", field, value, min, max);
        }
    }

    static void range(String field, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw refuse("%s: %d ms (expected: %d..%d ms)", field, value.toMillis(), min.toMillis(), max.toMillis());
        }
    }

    /** In quotes, shortened, and with all but printable ASCII escaped: it comes from a stranger and goes to logs and terminals. */
    static String quoted(String value) {
        StringBuilder text = new StringBuilder("'");
        for (char c : value.substring(0, Math.min(value.length(), QUOTED_MAX)).toCharArray()) {
            text.append(c >= ' ' && c <= '~' ? String.valueOf(c) : "\\u%04x".formatted((int) c));
        }
        return text.append(value.length() > QUOTED_MAX ? "…' (" + value.length() + " characters)" : "'")
                .toString();
    }
}
