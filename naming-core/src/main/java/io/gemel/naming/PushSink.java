package io.gemel.naming;

/** A watcher's connection, as the push loop sees it. */
public interface PushSink {
    /**
     * Offers the newest view of a watched service. Called on the push loop only; must not block. A sink that cannot
     * send yet keeps the newest view per service and drops older ones (I7).
     */
    void offer(ServiceView view);

    /** Offers the newest names of a watched pattern, as {@link #offer}. A sink that watches no patterns is never called. */
    default void offerNames(ServiceNames names) {}
}
