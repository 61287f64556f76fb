package io.gemel.client;

/** Told how a service's instances change. */
@FunctionalInterface
public interface ServiceListener {
    /**
     * The service has changed, or this is the subscription's first event.
     *
     * <p>Called on the client's one listener thread, so never twice at once, in the order in which the client saw the
     * changes. What happened while an earlier call was running arrives as one event that leads to the newest state. What
     * this throws is logged and has no other effect. It may call the client, blocking methods included.
     */
    void changed(ServiceEvent event);
}
