package io.gemel.consistency.distro;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;

/**
 * An order-independent digest of a set of encoded entries: the sum, modulo 2^64, of their hashes. Adding and removing are
 * constant time, so it is kept along with every change.
 */
final class Digest {
    private static final HashFunction HASH = Hashing.murmur3_128();

    private Digest() {}

    static long of(ByteString entry) {
        return HASH.hashBytes(entry.toByteArray()).asLong();
    }
}
