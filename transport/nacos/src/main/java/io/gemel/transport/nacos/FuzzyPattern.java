package io.gemel.transport.nacos;

import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePattern;

/**
 * Which services a Nacos client wants to hear of: {@code namespace>>group>>service}, where '*' at an end of a part stands for anything.
 *
 * @param text as the client wrote it, which is what it wants to read again
 * @param within the registry's pattern that takes in all that match, and maybe more
 * @param group what the group matches
 * @param name what the name matches
 */
record FuzzyPattern(String text, ServicePattern within, String group, String name) {
    private static final String SEPARATOR = ">>";
    private static final String ANY = "*";

    /** What Nacos's Java client sends for every service of a group; by the letter it would match none. */
    private static final String ANY_OF_GROUP = ".*";

    private static final int LENGTH_MAX = 1_024;

    /** Reads a pattern; throws {@link RegistryException} with {@code BAD_REQUEST} if it is none. */
    static FuzzyPattern of(String text) {
        String[] parts = text.split(SEPARATOR, -1);
        if (parts.length != 3 || text.length() > LENGTH_MAX || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw Names.illegal("groupKeyPattern", "it should be namespace>>group>>service");
        }
        String group = parts[1].contains(ANY) ? "" : Names.group(parts[1]);
        String prefix = parts[2].equals(ANY_OF_GROUP) ? "" : prefix(parts[2]);
        return new FuzzyPattern(text, new ServicePattern(Names.namespace(parts[0]), group, prefix), parts[1], parts[2]);
    }

    /** What every name that matches begins with, in the registry's spelling too. */
    private static String prefix(String pattern) {
        int star = pattern.indexOf(ANY);
        String prefix = star < 0 ? pattern : pattern.substring(0, star);
        int plain = 0;
        while (plain < prefix.length() && isPlain(prefix.charAt(plain))) {
            plain++;
        }
        return prefix.substring(0, plain);
    }

    /** Whether it is spelled as it is, wherever it stands and whatever follows. */
    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Whether {@code service}, one of {@link #within}, is meant. */
    boolean matches(ServiceId service) {
        return matches(group, Names.group(service)) && (isAnyOfGroup() || matches(name, Names.name(service)));
    }

    /** Whether the client takes it for a pattern that nothing matches, so that it lets pass only what names the pattern. */
    boolean isAnyOfGroup() {
        return name.equals(ANY_OF_GROUP);
    }

    private static boolean matches(String pattern, String text) {
        if (!pattern.contains(ANY)) {
            return pattern.equals(text);
        }
        if (pattern.equals(ANY)) {
            return true;
        }
        boolean open = pattern.startsWith(ANY);
        boolean openEnd = pattern.endsWith(ANY);
        String core = pattern.substring(open ? 1 : 0, pattern.length() - (openEnd ? 1 : 0));
        if (open && openEnd) {
            return text.contains(core);
        }
        return open ? text.endsWith(core) : openEnd && text.startsWith(core);
    }
}
