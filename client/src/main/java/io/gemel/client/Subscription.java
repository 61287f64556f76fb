package io.gemel.client;

/** A listener's interest in one service. */
public interface Subscription extends AutoCloseable {
    /**
     * Ends it; no further call of the listener begins once this returns, though one that runs on another thread may still
     * be running. The other subscriptions of the service go on. Idempotent, any thread.
     */
    @Override
    void close();
}
