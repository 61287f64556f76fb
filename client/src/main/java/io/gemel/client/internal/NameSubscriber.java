package io.gemel.client.internal;

import io.gemel.naming.Loop;
import io.gemel.naming.ServiceNames;
import io.gemel.naming.ServicePattern;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the names of a pattern's services to one listener, on the listener loop: the newest alone wait, as in {@link Subscriber}. */
final class NameSubscriber {
    private static final Logger log = LoggerFactory.getLogger(NameSubscriber.class);

    private final ServicePattern pattern;
    private final Consumer<NamesDiff> listener;
    private final Loop listeners;
    private final AtomicReference<@Nullable ServiceNames> newest = new AtomicReference<>();
    private volatile boolean ended;
    private @Nullable ServiceNames told; // confined to the listener loop

    NameSubscriber(ServicePattern pattern, Consumer<NamesDiff> listener, Loop listeners) {
        this.pattern = pattern;
        this.listener = listener;
        this.listeners = listeners;
    }

    /** Any one thread, in the order of the names. */
    void offer(ServiceNames names) {
        if (newest.getAndSet(names) == null && !ended) {
            listeners.execute(this::tell);
        }
    }

    /** No call of the listener begins from now on. Any thread. */
    void end() {
        ended = true;
    }

    @SuppressWarnings("IllegalCatch") // the application's code: whatever it throws must harm nobody else
    private void tell() {
        ServiceNames names = newest.getAndSet(null);
        if (ended || names == null) {
            return;
        }
        ServiceNames before = told;
        NamesDiff diff = NamesDiff.between(before == null ? List.of() : before.services(), names);
        told = names;
        if (before == null || !diff.isEmpty()) {
            try {
                listener.accept(diff);
            } catch (Throwable failure) {
                log.error("a listener failed pattern={}", pattern, failure);
            }
        }
    }
}
