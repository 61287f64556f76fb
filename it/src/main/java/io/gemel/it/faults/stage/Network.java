package io.gemel.it.faults.stage;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The links between hosts. Each call replaces what the last one of its kind set; a link that is not named is as it was made. */
public interface Network extends AutoCloseable {
    /** How it is built: {@code namespaces} or {@code proxies}. */
    String kind();

    /** What a command is prefixed with to run on {@code host}; empty when every host is this one. */
    List<String> prefix(String host);

    /** Silently drops all that goes along these links, all at one moment. An empty set restores them. */
    void cut(Set<Link> links);

    /** Drops {@code percent} of the packets on these links. Throws {@link UnsupportedOperationException} with the reason if it cannot. */
    void lose(int percent, Set<Link> links);

    /** Delays what goes along these links by {@code delay} and a random time up to {@code jitter}. As {@link #lose}, if it cannot. */
    void delay(Duration delay, Duration jitter, Set<Link> links);

    /** Lets at most {@code bytesPerSecond} out of each of these hosts. As {@link #lose}, if it cannot. */
    void slow(long bytesPerSecond, Set<String> hosts);

    /** Resets established connections between the two ends of these links, as a firewall does. As {@link #lose}, if it cannot. */
    void reset(Set<Link> links);

    /** All links as they were made. */
    void heal();

    @Override
    void close();
}
