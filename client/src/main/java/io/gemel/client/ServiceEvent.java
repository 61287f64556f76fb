package io.gemel.client;

import static java.util.Objects.requireNonNull;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.util.List;

/**
 * How a service's instances differ from what the same listener was told before. All three lists are empty if only what operators set for
 * the service as a whole does (whether its protection is reached, or its metadata), or whether it is stale. Immutable.
 *
 * @param view all instances now; its revision is not comparable between servers, so it may fall after a reconnection
 * @param added those at keys that had none; in the first event all of them
 * @param removed those that are gone, as they were last seen
 * @param changed those that differ from what was registered at the same key, as they are now; also those that became suspect or unselected or ceased to be,
 *     as {@link io.gemel.naming.Registration} of the view tells
 * @param stale whether {@code view} is what was known before and no server has confirmed it yet: it comes from the
 *     {@linkplain ClientOptions#withCacheDir cache}, or the server that the client has just found knows no instance where there were some. Another
 *     event tells what a server confirms. That a connection is lost does not make a view stale
 */
public record ServiceEvent(
        ServiceView view, List<Instance> added, List<Instance> removed, List<Instance> changed, boolean stale) {
    /** Refuses null, and copies the lists. */
    public ServiceEvent {
        requireNonNull(view, "view");
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        changed = List.copyOf(changed);
    }

    /** The service that was subscribed to. */
    public ServiceId service() {
        return view.service();
    }

    /** All instances now, sorted by key; empty if nothing is registered. */
    public List<Instance> instances() {
        return view.instances();
    }
}
