package io.gemel.transport.nacos;

/**
 * Nacos's names as names of the registry, and back. Most are the same in both.
 *
 * <p>A character that the registry's names cannot have, such as '$' of a nested Java class, becomes "@@" and four hexadecimal
 * digits. Nacos's own names never hold "@@", so nothing else looks like that; an '@' before such a character is written so too. A
 * first character that no name may start with is written so behind an '_'. Stateless.
 */
final class EscapedName {
    private static final String MARK = "@@";
    private static final String FIRST = "_" + MARK;
    private static final int DIGITS = 4;

    private EscapedName() {}

    /** {@code name} as the registry knows it. Longer if anything had to be escaped. */
    static String escaped(String name) {
        int last = name.length() - 1;
        while (last >= 0 && stays(name.charAt(last), last)) {
            last--;
        }
        return last < 0 ? name : escapedUpTo(name, last);
    }

    private static String escapedUpTo(String name, int last) {
        StringBuilder reversed = new StringBuilder();
        boolean nextIsEscaped = false;
        for (int i = name.length() - 1; i >= 0; i--) {
            char c = name.charAt(i);
            boolean ambiguous = nextIsEscaped && (c == '@' || (c == '_' && i == 0));
            nextIsEscaped = i <= last && (ambiguous || !stays(c, i));
            if (nextIsEscaped) {
                reversed.append(new StringBuilder(MARK + "%04x".formatted((int) c)).reverse());
            } else {
                reversed.append(c);
            }
        }
        return (nextIsEscaped ? "_" : "") + reversed.reverse();
    }

    /** The name that {@link #escaped} made {@code name} of; {@code name} itself if it did not. */
    static String unescaped(String name) {
        int mark = name.indexOf(MARK);
        if (mark < 0) {
            return name;
        }
        StringBuilder plain = new StringBuilder();
        int from = name.startsWith(FIRST) ? 1 : 0;
        while (mark >= 0) {
            int end = mark + MARK.length() + DIGITS;
            if (end > name.length() || !isHex(name, end - DIGITS, end)) {
                return name; // not of our making
            }
            plain.append(name, from, mark).append((char) Integer.parseInt(name, end - DIGITS, end, 16));
            from = end;
            mark = name.indexOf(MARK, from);
        }
        return plain.append(name, from, name.length()).toString();
    }

    private static boolean isHex(String text, int from, int to) {
        return text.substring(from, to).chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    private static boolean stays(char c, int at) {
        boolean word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        return word || (at > 0 && (c == '.' || c == ':' || c == '@' || c == '-'));
    }
}
