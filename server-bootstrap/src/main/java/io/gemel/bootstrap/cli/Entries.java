package io.gemel.bootstrap.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Entries of metadata as they are typed. */
final class Entries {
    private Entries() {}

    /**
     * What {@code typed} says, each {@code KEY=VALUE}: the value may be empty, and hold the sign itself.
     *
     * @param expected the form of one, for the refusal
     * @throws IllegalArgumentException for what is no entry, or a key that was there before: one of its values would be lost without a word
     */
    static Map<String, String> of(List<String> typed, String expected) {
        Map<String, String> entries = new HashMap<>();
        for (String entry : typed) {
            int sign = entry.indexOf('=');
            if (sign < 1) {
                throw new IllegalArgumentException("'" + entry + "' (expected: " + expected + ")");
            }
            String key = entry.substring(0, sign);
            if (entries.put(key, entry.substring(sign + 1)) != null) {
                throw new IllegalArgumentException("'" + key + "' twice (expected: each key once)");
            }
        }
        return entries;
    }
}
