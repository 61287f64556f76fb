package io.gemel.consistency.distro.simulation;

/**
 * Randomness without a state: what is drawn depends on the seed and on what it is drawn for, and not on what was drawn before.
 * So a schedule from which a step is taken keeps, as long as the runs do not differ, the delays of all others.
 */
final class Noise {
    private final long seed;

    Noise(long seed) {
        this.seed = mixed(seed);
    }

    /** Bits for a purpose, a place and a time. */
    long bits(long purpose, long place, long time) {
        return mixed(seed + mixed(purpose + mixed(place + mixed(time))));
    }

    /** A number from 0 to {@code bound}, which it excludes. */
    long below(long bound, long purpose, long place, long time) {
        return Math.floorMod(bits(purpose, place, time), bound);
    }

    /** Sebastiano Vigna's SplitMix64. */
    private static long mixed(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
