package io.gemel.naming;

import java.util.OptionalLong;

/**
 * What must be true of every persistent instance that a write names, or of what operators set, or else the write does nothing.
 *
 * <p>It is decided where the write takes its place in the Raft log, so of two writes with one revision at most one takes
 * effect, the same one on every node. That makes it safe for a caller to send such a write again when its outcome is unknown.
 *
 * @param revision the revision that each must have ({@link Registration#revision()}, {@link Versioned#revision()}), 0 if it must be
 *     absent; empty if anything goes
 */
public record Precondition(OptionalLong revision) {
    /** Anything goes. */
    public static final Precondition NONE = new Precondition(OptionalLong.empty());

    /** Nothing persistent may be registered there. */
    public static final Precondition ABSENT = revision(0);

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if the revision is negative. */
    public Precondition {
        if (revision.orElse(0) < 0) {
            throw Limits.refuse("ifRevision: %d (expected: 0 or more)", revision.getAsLong());
        }
    }

    /** Each instance has exactly this revision: nobody has written it since. 0: is absent. */
    public static Precondition revision(long revision) {
        return new Precondition(OptionalLong.of(revision));
    }

    /** Whether what has revision {@code present}, 0 if it is absent, is as it must be. */
    public boolean holds(long present) {
        return revision.isEmpty() || revision.getAsLong() == present;
    }

    /** Ephemeral instances have no revisions, and no log in which such a write could have its place. */
    void requireFor(Durability durability) {
        if (revision.isPresent() && durability == Durability.EPHEMERAL) {
            throw Limits.refuse(
                    "ifRevision: %d for an ephemeral instance (expected: none; only persistent ones have a revision)",
                    revision.getAsLong());
        }
    }
}
