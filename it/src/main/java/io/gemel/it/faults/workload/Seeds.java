package io.gemel.it.faults.workload;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A tree of randomness: who asks for a branch by name gets the same random numbers in every run with the same seed, whatever
 * the others do.
 */
public final class Seeds {
    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final long seed;

    /** The root for a seed. */
    public Seeds(long seed) {
        this.seed = seed;
    }

    /** The branch called {@code name}. */
    public Seeds branch(String name) {
        long hash = FNV_START;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        return new Seeds(new SplittableRandom(seed ^ hash).nextLong());
    }

    /** The numbers of this branch, from the first. */
    public RandomGenerator random() {
        return new SplittableRandom(seed);
    }
}
