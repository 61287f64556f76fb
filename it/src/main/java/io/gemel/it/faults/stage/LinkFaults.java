package io.gemel.it.faults.stage;

import java.time.Duration;
import java.util.Set;

/**
 * What is wrong with which links of a network of relays.
 *
 * @param cut drop everything
 * @param delay of what goes along {@code delayed}
 * @param jitter up to this is added to the delay, at random
 * @param delayed which links are late
 * @param bytesPerSecond that each of {@code slowed} sends at most
 * @param slowed which hosts are slow
 */
record LinkFaults(
        Set<Link> cut, Duration delay, Duration jitter, Set<Link> delayed, long bytesPerSecond, Set<String> slowed) {
    static final LinkFaults NONE =
            new LinkFaults(Set.of(), Duration.ZERO, Duration.ZERO, Set.of(), Long.MAX_VALUE, Set.of());

    LinkFaults {
        cut = Set.copyOf(cut);
        delayed = Set.copyOf(delayed);
        slowed = Set.copyOf(slowed);
    }

    LinkFaults cut(Set<Link> links) {
        return new LinkFaults(links, delay, jitter, delayed, bytesPerSecond, slowed);
    }

    LinkFaults delay(Duration by, Duration upTo, Set<Link> links) {
        return new LinkFaults(cut, by, upTo, links, bytesPerSecond, slowed);
    }

    LinkFaults slow(long rate, Set<String> hosts) {
        if (rate < 1) {
            throw new IllegalArgumentException("bytesPerSecond: " + rate + " (expected: 1 or more)");
        }
        return new LinkFaults(cut, delay, jitter, delayed, rate, hosts);
    }
}
