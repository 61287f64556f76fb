package io.gemel.client.internal;

import io.gemel.naming.Loop;
import io.gemel.naming.ServiceId;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings views of one service to one listener, on the listener loop.
 *
 * <p>Between the two stands the newest view only, so a slow listener costs one view and at most one task in the listener
 * loop's queue (I7). What it is told is the way from the view it was told last, so it misses no difference.
 */
final class Subscriber {
    private static final Logger log = LoggerFactory.getLogger(Subscriber.class);

    private final ServiceId service;
    private final Consumer<ViewDiff> listener;
    private final Loop listeners;
    private final AtomicReference<@Nullable Shown> newest = new AtomicReference<>();
    private volatile boolean ended;
    private @Nullable Shown told; // confined to the listener loop

    Subscriber(ServiceId service, Consumer<ViewDiff> listener, Loop listeners) {
        this.service = service;
        this.listener = listener;
        this.listeners = listeners;
    }

    /** Any one thread, in the order of the views. */
    void offer(Shown shown) {
        if (newest.getAndSet(shown) == null && !ended) {
            listeners.execute(this::tell);
        }
    }

    /** No call of the listener begins from now on. Any thread. */
    void end() {
        ended = true;
    }

    @SuppressWarnings("IllegalCatch") // the application's code: whatever it throws must harm nobody else
    private void tell() {
        Shown shown = newest.getAndSet(null);
        if (ended || shown == null) {
            return;
        }
        Shown before = told;
        ViewDiff diff = ViewDiff.between(before, shown);
        told = shown;
        if (before == null || before.stale() != shown.stale() || !diff.isEmpty()) {
            try {
                listener.accept(diff);
            } catch (Throwable failure) {
                log.error("listener failed service={}", service, failure);
            }
        }
    }
}
