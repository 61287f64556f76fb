package io.gemel.naming;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Who watches which service. Its state is the push loop's.
 *
 * <p>Between the naming loop and the push loop stands one slot per changed service that holds its newest view: a storm of
 * changes costs at most one view per service (I7). A watcher is offered a view only if its revision is higher than that of the
 * last one, or if it has asked again.
 */
public final class Subscriptions {
    private static final long NOTHING_OFFERED = -1;

    private final Loop push;
    private final ConcurrentMap<ServiceId, Map<PushSink, Long>> watchers = new ConcurrentHashMap<>();
    private final ConcurrentMap<ServiceId, ServiceView> pending = new ConcurrentHashMap<>();
    private final Map<PushSink, Set<ServiceId>> watched = new HashMap<>();
    private final NameSubscriptions names = new NameSubscriptions();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private boolean open;

    /** No watchers, and silent until {@link #open}. */
    public Subscriptions(Loop push) {
        this.push = push;
    }

    /** Starts pushing: from now on what the index holds is the truth and not an artefact of starting. */
    public void open(Function<ServiceId, ServiceView> views) {
        push.executeOrWait(() -> {
            open = true;
            names.open();
            watchers.forEach((service, sinks) -> sinks.keySet().forEach(sink -> offer(sink, views.apply(service))));
        });
    }

    /** Takes over new views from the naming loop. */
    public void published(List<ServiceView> views) {
        boolean any = names.published(views);
        for (ServiceView view : views) {
            if (watchers.containsKey(view.service())) {
                pending.put(view.service(), view);
                any = true;
            }
        }
        if (any && scheduled.compareAndSet(false, true)) {
            push.executeOrWait(this::pushPending);
        }
    }

    void watch(ServiceId service, PushSink sink, Function<ServiceId, ServiceView> views) {
        push.execute(() -> {
            watchers.computeIfAbsent(service, s -> new ConcurrentHashMap<>()).put(sink, NOTHING_OFFERED);
            watched.computeIfAbsent(sink, s -> new HashSet<>()).add(service);
            if (open) {
                offer(sink, views.apply(service));
            }
        });
    }

    void watch(ServicePattern pattern, PushSink sink, ServiceIndex index) {
        push.execute(() -> names.watch(pattern, sink, open, index));
    }

    void unwatch(ServicePattern pattern, PushSink sink) {
        push.executeOrWait(() -> names.unwatch(pattern, sink));
    }

    void unwatch(ServiceId service, PushSink sink) {
        push.executeOrWait(() -> {
            Set<ServiceId> services = watched.get(sink);
            if (services != null && services.remove(service)) {
                forget(service, sink);
            }
        });
    }

    void unwatchAll(PushSink sink) {
        push.executeOrWait(() -> {
            names.unwatchAll(sink);
            Set<ServiceId> services = watched.remove(sink);
            if (services != null) {
                services.forEach(service -> forget(service, sink));
            }
        });
    }

    private void forget(ServiceId service, PushSink sink) {
        watchers.computeIfPresent(service, (s, sinks) -> {
            sinks.remove(sink);
            return sinks.isEmpty() ? null : sinks;
        });
    }

    private void pushPending() {
        scheduled.set(false);
        names.push(open);
        for (Iterator<ServiceView> views = pending.values().iterator(); views.hasNext(); ) {
            ServiceView view = views.next();
            pending.remove(view.service(), view);
            if (open) {
                watchers.getOrDefault(view.service(), Map.of()).keySet().forEach(sink -> offer(sink, view));
            }
        }
    }

    private void offer(PushSink sink, ServiceView view) {
        Map<PushSink, Long> sinks = watchers.getOrDefault(view.service(), Map.of());
        Long offered = sinks.get(sink);
        if (offered != null && view.revision() > offered) {
            sinks.put(sink, view.revision());
            sink.offer(view);
        }
    }
}
