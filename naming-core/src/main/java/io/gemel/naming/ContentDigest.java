package io.gemel.naming;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A 64-bit digest of what a view shows, whatever the order: the sum, modulo 2^64, of one hash for each registration and one for
 * the settings. So a change costs what it changes, and the two ends of a watch can tell whether they have the same.
 *
 * <p>The sum is the additive multiset hash of Clarke, Devadas, van Dijk, Gassend and Suh (Incremental Multiset Hash Functions and Their
 * Application to Memory Integrity Checking, 2003), after the incremental hashing of Bellare and Micciancio (1997). The summands
 * are FNV-1a of 64 bits, whose last step alone would let sums cancel, mixed by the finalizer of MurmurHash3. Neither has a secret:
 * this finds mistakes and losses, and is no proof against who wants two contents to have one digest.
 *
 * <p>{@code ViewDelta.digest} in registry.proto defines the bytes that are hashed. Confined, and used once.
 */
final class ContentDigest {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final int SETTINGS = 1;
    private static final int REGISTRATION = 2;
    private static final int SUSPECT = 3;
    private static final int UNSELECTED = 4;

    private long hash = FNV_OFFSET;

    private ContentDigest() {}

    /** The summand of a registration: all that clients see of it. */
    static long of(Registration registration) {
        Instance instance = registration.instance();
        ContentDigest digest = new ContentDigest();
        digest.add(REGISTRATION);
        digest.add(instance.key().ip());
        digest.add(instance.key().port(), Integer.BYTES);
        digest.add(instance.key().cluster());
        digest.add(instance.weight());
        digest.add(instance.enabled());
        digest.add(instance.healthy());
        digest.add(instance.durability() == Durability.PERSISTENT);
        digest.add(registration.overridden());
        digest.add(registration.revision(), Long.BYTES);
        digest.add(sum(instance.metadata()), Long.BYTES);
        if (registration.suspect()) {
            digest.add(SUSPECT);
        }
        if (registration.unselected()) {
            digest.add(UNSELECTED);
        }
        return digest.mixed();
    }

    /** The summand of what a view shows of a service's settings. */
    static long of(double protectionThreshold, Map<String, String> metadata) {
        ContentDigest digest = new ContentDigest();
        digest.add(SETTINGS);
        digest.add(protectionThreshold);
        digest.add(sum(metadata), Long.BYTES);
        return digest.mixed();
    }

    /** Of a map too the order says nothing, and nobody has to sort it. */
    private static long sum(Map<String, String> metadata) {
        long sum = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            ContentDigest digest = new ContentDigest();
            digest.add(entry.getKey());
            digest.add(entry.getValue());
            sum += digest.mixed();
        }
        return sum;
    }

    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length, Integer.BYTES);
        for (byte each : bytes) {
            add(each & 0xff);
        }
    }

    private void add(double number) {
        add(Double.doubleToLongBits(number), Long.BYTES);
    }

    private void add(boolean flag) {
        add(flag ? 1 : 0);
    }

    /** The highest byte first. */
    private void add(long number, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            add((int) (number >>> shift) & 0xff);
        }
    }

    private void add(int octet) {
        hash = (hash ^ octet) * FNV_PRIME;
    }

    private long mixed() {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
