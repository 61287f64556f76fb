package io.gemel.it.faults.nemesis;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Whom one fault shall meet, and how.
 *
 * @param target in words that the seed determines
 * @param injection used once
 */
record Aim(String target, Injection injection) {
    /** Makes the next aim of a nemesis. */
    @FunctionalInterface
    interface Recipe {
        /** An aim that follows from {@code random} and {@code nodes} alone. */
        Aim next(RandomGenerator random, List<String> nodes);
    }
}
