package io.gemel.it.faults.agent.inside;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.PushSink;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceView;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** Views that readers and watchers should not be shown, or are not shown. */
final class PushBugs {
    private static final String NAMING = "naming.";

    private PushBugs() {}

    static List<Bug> all() {
        return List.of(
                Bug.of("revision-not-bumped", Weave.into(NAMING + "ServiceIndex", "change", keepsTheOldView())),
                Bug.of("drop-last-push", Weave.into(NAMING + "Subscriptions", "offer", limitsTheRate())),
                Bug.of("push-reorder", Weave.into(NAMING + "Subscriptions", "offer", overtakes())),
                emptyPush(),
                unboundedQueue(),
                Bug.of("namespace-leak", Weave.into(NAMING + "Naming", "existing", looksIntoAllNamespaces())),
                Bug.of("cached-find", Weave.into(NAMING + "Naming", "existing", remembersPerThread())));
    }

    /** An instance that is registered again, in whatever other form, makes no new view. */
    private static Twist keepsTheOldView() {
        return new Twist() {
            private boolean again; // the naming loop's

            @Override
            public @Nullable Object before(Call call) {
                ServiceId service = (ServiceId) call.arguments()[0];
                InstanceKey key = (InstanceKey) call.arguments()[1];
                again = ((Optional<?>) call.arguments()[2]).isPresent()
                        && ((ServiceIndex) call.object())
                                .view(service)
                                .find(key)
                                .isPresent()
                        && !changed(call).contains(service);
                return null;
            }

            @Override
            public @Nullable Object after(Call call, @Nullable Object result) {
                if (again) {
                    changed(call).remove(call.arguments()[0]);
                }
                return result;
            }

            private Set<?> changed(Call call) {
                return (Set<?>) Peek.field(call.object(), "changed");
            }
        };
    }

    /** A watcher is spared a view that comes soon after another; also if it is the last. */
    private static Twist limitsTheRate() {
        return new Twist() {
            private static final long INTERVAL_NANOS = 100_000_000;
            private final PerWatcher<Long> last = new PerWatcher<>();

            @Override
            public @Nullable Object before(Call call) {
                PushSink sink = (PushSink) call.arguments()[0];
                ServiceId service = ((ServiceView) call.arguments()[1]).service();
                long now = System.nanoTime();
                if (last.get(sink, service)
                        .filter(at -> now - at < INTERVAL_NANOS)
                        .isPresent()) {
                    return NOTHING;
                }
                last.put(sink, service, now);
                return null;
            }
        };
    }

    /** Now and then a view is overtaken by the next one. */
    private static Twist overtakes() {
        return new Twist() {
            private final Counter offers = new Counter();
            private final PerWatcher<ServiceView> late = new PerWatcher<>();

            @Override
            public @Nullable Object before(Call call) {
                ServiceView view = (ServiceView) call.arguments()[1];
                if (offers.next() % 5 == 0) {
                    late.put((PushSink) call.arguments()[0], view.service(), view);
                    return NOTHING;
                }
                return null;
            }

            @Override
            public @Nullable Object after(Call call, @Nullable Object result) {
                PushSink sink = (PushSink) call.arguments()[0];
                ServiceView view = (ServiceView) call.arguments()[1];
                late.get(sink, view.service())
                        .filter(old -> old.revision() < view.revision())
                        .ifPresent(old -> {
                            late.remove(sink, view.service());
                            sink.offer(old);
                        });
                return result;
            }
        };
    }

    /** A node that has just begun takes the nothing that it knows for the truth. */
    private static Bug emptyPush() {
        return Bug.of(
                "empty-push",
                Weave.into(NAMING + "Readiness", "<init>", Twist.result((call, result) -> {
                    ((Map<?, ?>) Peek.field(call.object(), "blockers")).clear();
                    Peek.set(call.object(), "ready", true);
                    return result;
                })),
                Weave.into(NAMING + "Readiness", "block", Twist.nothing()));
    }

    /** What a watcher cannot take yet waits in a queue, every view of it. */
    private static Bug unboundedQueue() {
        Map<Object, Queue<InputStream>> queues = new WeakHashMap<>();
        Twist queue = new Twist() {
            @Override
            public Object before(Call call) {
                ServiceView view = (ServiceView) call.arguments()[0];
                synchronized (call.object()) {
                    if (((Map<?, ?>) Peek.field(call.object(), "watched")).containsKey(view.service())) {
                        Object message = Peek.callStatic(call.object(), VIEW_FORMAT, "serverMessage", copyOf(view));
                        queue(queues, call.object()).add((InputStream) message);
                        Peek.call(call.object(), "sendWaiting");
                    }
                }
                return NOTHING;
            }
        };
        Twist send = Twist.result((call, result) -> {
            Object stream = Peek.field(call.object(), "call");
            Queue<InputStream> waiting = queue(queues, call.object());
            while (!waiting.isEmpty()
                    && (boolean) Peek.field(call.object(), "opened")
                    && !(boolean) Peek.field(call.object(), "closed")
                    && (boolean) Peek.ask(stream, "isReady")) {
                Peek.call(stream, "sendMessage", waiting.remove());
            }
            return result;
        });
        return Bug.of(
                "unbounded-queue",
                Weave.into("transport.grpc.Outbox", "offer", queue),
                Weave.into("transport.grpc.Outbox", "sendWaiting", send));
    }

    private static final String VIEW_FORMAT = "io.gemel.transport.grpc.ViewFormat";

    private static Queue<InputStream> queue(Map<Object, Queue<InputStream>> queues, Object outbox) {
        synchronized (queues) {
            return queues.computeIfAbsent(outbox, o -> new ArrayDeque<>());
        }
    }

    /** One that shares no bytes with those of other watchers. */
    private static ServiceView copyOf(ServiceView view) {
        return new ServiceView(view.service(), view.revision(), view.registrations());
    }

    /** Who asks for a service is shown those of the same name in all namespaces. */
    private static Twist looksIntoAllNamespaces() {
        return Twist.result((call, result) -> {
            if (!(result instanceof ServiceView own)) {
                return result;
            }
            TreeMap<InstanceKey, Registration> all = new TreeMap<>();
            Map<?, ?> views = (Map<?, ?>) Peek.field(Peek.field(call.object(), "index"), "views");
            for (Object each : views.values()) {
                ServiceView view = (ServiceView) each;
                if (view.service().name().equals(own.service().name())
                        && view.service().group().equals(own.service().group())) {
                    view.registrations().forEach(registration -> all.put(registration.key(), registration));
                }
            }
            return new ServiceView(own.service(), own.revision(), new ArrayList<>(all.values()));
        });
    }

    /** Each thread answers from what it last looked up, for a while. */
    private static Twist remembersPerThread() {
        return new Twist() {
            private static final long KEPT_NANOS = 700_000_000;
            private final ThreadLocal<Map<Object, Found>> found = ThreadLocal.withInitial(HashMap::new);

            @Override
            public @Nullable Object before(Call call) {
                Found kept = found.get().get(call.arguments()[0]);
                return kept != null && System.nanoTime() - kept.nanos < KEPT_NANOS ? kept.view : null;
            }

            @Override
            public @Nullable Object after(Call call, @Nullable Object result) {
                Found kept = found.get().get(call.arguments()[0]);
                if (result != null && (kept == null || kept.view != result)) {
                    found.get().put(call.arguments()[0], new Found(result, System.nanoTime()));
                }
                return result;
            }
        };
    }

    /** A view and when it was looked up. */
    private record Found(Object view, long nanos) {}

    /** One value for each service that each sink watches. Confined to the push loop. */
    private static final class PerWatcher<T> {
        private final Map<PushSink, Map<ServiceId, T>> values = new WeakHashMap<>();

        Optional<T> get(PushSink sink, ServiceId service) {
            return Optional.ofNullable(values.getOrDefault(sink, Map.of()).get(service));
        }

        void put(PushSink sink, ServiceId service, T value) {
            values.computeIfAbsent(sink, s -> new HashMap<>()).put(service, value);
        }

        void remove(PushSink sink, ServiceId service) {
            values.getOrDefault(sink, Map.of()).remove(service);
        }
    }
}
