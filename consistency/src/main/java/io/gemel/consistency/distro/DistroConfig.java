package io.gemel.consistency.distro;

import java.time.Duration;

/**
 * How Distro keeps servers in step.
 *
 * @param beatInterval how often a node sends its peers a sign of life with the digest of its origin; bounds how long a lost
 *     change goes unnoticed
 * @param suspectAfter how long a peer may be silent before it is called suspect
 * @param downAfter how long a peer may be silent before it is called down; short finds dead nodes sooner, long forgives pauses
 * @param grace how long a down node's entries stay listed, so that its clients can resume elsewhere; counted anew from each that does
 * @param resumeWindow how long a session outlives its connection; so long a node that was itself stopped takes to know which of its
 *     sessions are dead
 * @param removalsMax how many removals a node remembers for peers that lag; one further behind gets a snapshot
 * @param batchEntriesMax how many changes one message carries
 * @param instancesPerSessionMax how many instances one session may publish; more are refused
 */
public record DistroConfig(
        Duration beatInterval,
        Duration suspectAfter,
        Duration downAfter,
        Duration grace,
        Duration resumeWindow,
        int removalsMax,
        int batchEntriesMax,
        int instancesPerSessionMax) {
    private static final int GRACE_FACTOR = 6;

    /** What suits a cluster in one region. */
    public static final DistroConfig DEFAULT = new DistroConfig(
            Duration.ofMillis(500),
            Duration.ofMillis(1_500),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            10_000,
            512,
            100_000);

    /** Throws {@link IllegalArgumentException} if the intervals do not follow each other. */
    public DistroConfig {
        if (beatInterval.multipliedBy(2).compareTo(downAfter) > 0) {
            throw new IllegalArgumentException(
                    "downAfter: " + downAfter + " (expected: at least two beat intervals of " + beatInterval + ")");
        }
    }

    /** How long a down node's entries stay listed at most, while its clients still come back one after the other. */
    Duration graceMax() {
        return grace.multipliedBy(GRACE_FACTOR);
    }

    /** After this time of silence peers may have dropped what a node published. */
    Duration droppedAfter() {
        return downAfter.plus(grace);
    }

    /** How long the record of a resumed session outlives it: longer than what the session left on a node that died. */
    Duration recordRetention() {
        return downAfter.plus(graceMax()).plus(droppedAfter());
    }
}
