package io.gemel.naming;

import java.util.HashMap;
import java.util.Map;

/**
 * One string for equal texts that come again and again: names of metadata, zones, versions, what every instance of a service says of
 * its protocols. Nearly every instance has them, and each reading of one would make them anew.
 *
 * <p>It knows the texts that came last, a bounded number. One that is as good as never repeated costs a comparison and drives out another one,
 * which is known again as soon as it comes. Thread-safe without a lock: strings are immutable, and whoever wins a race is right.
 */
public final class SharedText {
    private static final int SLOTS = 4_096;
    private static final int LENGTH_MAX = 256; // all slots together hold two megabytes of text at most

    private static final String[] KNOWN = new String[SLOTS];

    private SharedText() {}

    /** {@code text}, or a string that equals it. */
    public static String of(String text) {
        if (text.length() > LENGTH_MAX) {
            return text;
        }
        int hash = text.hashCode();
        int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
        String known = KNOWN[slot];
        if (text.equals(known)) {
            return known;
        }
        KNOWN[slot] = text;
        return text;
    }

    /** A copy of {@code texts} whose names and values are shared. */
    public static Map<String, String> of(Map<String, String> texts) {
        Map<String, String> shared = new HashMap<>();
        texts.forEach((name, value) -> shared.put(of(name), of(value)));
        return shared;
    }
}
