package io.gemel.bootstrap.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody most likely meant to type. */
public final class Suggestion {
    private Suggestion() {}

    /** The nearest of {@code known} by edit distance, if it is near enough to be a slip of the keys. */
    public static Optional<String> nearest(String typed, Collection<String> known) {
        int slipsMax = Math.max(2, typed.length() / 3);
        return known.stream()
                .filter(name -> distance(typed, name) <= slipsMax)
                .min(Comparator.comparingInt((String name) -> distance(typed, name))
                        .thenComparing(name -> name));
    }

    /** Levenshtein's distance: how many characters to insert, delete or replace. One row of his table is enough. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
