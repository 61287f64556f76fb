package io.gemel.naming;

/** A watcher's connection, as the push loop sees it. */
public interface PushSink {
    /**
     * Offers the newest view of a watched service. Called on the push loop only; must not block. A sink that cannot
     * send yet keeps the newest view per service and drops older ones (I7).
     */
    void offer(ServiceView view);
}
