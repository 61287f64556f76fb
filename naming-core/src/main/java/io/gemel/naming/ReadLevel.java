package io.gemel.naming;

/**
 * How fresh a read of persistent instances must be.
 *
 * @param linearizable whether it must see every write acknowledged before it began, on any node
 * @param minRevision the Raft log index that it must at least reflect; 0 for none
 */
public record ReadLevel(boolean linearizable, long minRevision) {
    /** What this node knows now. */
    public static final ReadLevel LOCAL = new ReadLevel(false, 0);

    /** Every write that was acknowledged anywhere before the read began. */
    public static final ReadLevel LINEARIZABLE = new ReadLevel(true, 0);

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if {@code minRevision} is negative. */
    public ReadLevel {
        if (minRevision < 0) {
            throw Limits.refuse("minRevision: %d (expected: 0 or more)", minRevision);
        }
    }

    /** At least the state after the write with this revision: read your own write on any node. */
    public static ReadLevel atLeast(long revision) {
        return new ReadLevel(false, revision);
    }
}
