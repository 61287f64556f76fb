package io.gemel.naming;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether this node answers queries: only once every part has caught up, so that an empty answer is never an artefact of starting. Thread-safe. */
public final class Readiness {
    private final Map<String, String> blockers = new TreeMap<>();
    private final Map<String, String> restrictions = new TreeMap<>();
    private final List<Runnable> whenReady = new ArrayList<>();
    private volatile boolean ready;

    /** Not ready until each of {@code parts} is {@link #clear}. */
    public Readiness(String... parts) {
        for (String part : parts) {
            blockers.put(part, "starting");
        }
        ready = blockers.isEmpty();
    }

    /** {@code part} keeps this node from answering queries, for {@code reason}. */
    public synchronized void block(String part, String reason) {
        blockers.put(part, reason);
        ready = false;
    }

    /** Whether a part other than {@code part} keeps this node from answering queries. */
    public synchronized boolean blockedBesides(String part) {
        return blockers.keySet().stream().anyMatch(other -> !other.equals(part));
    }

    /** {@code part} is fine: it neither blocks nor restricts. */
    public void clear(String part) {
        unblock(part, Optional.empty());
    }

    /** {@code part} does not block, but people should know {@code reason}. */
    public void restrict(String part, String reason) {
        unblock(part, Optional.of(reason));
    }

    private void unblock(String part, Optional<String> restriction) {
        List<Runnable> due = List.of();
        synchronized (this) {
            restriction.ifPresentOrElse(reason -> restrictions.put(part, reason), () -> restrictions.remove(part));
            if (blockers.remove(part) != null && blockers.isEmpty()) {
                ready = true;
                due = List.copyOf(whenReady);
                whenReady.clear();
            }
        }
        due.forEach(Runnable::run);
    }

    /** Runs {@code task} once, when the node is ready; at once if it is. */
    public void whenReady(Runnable task) {
        synchronized (this) {
            if (!ready) {
                whenReady.add(task);
                return;
            }
        }
        task.run();
    }

    /** Whether queries are answered. */
    public boolean ready() {
        return ready;
    }

    /** What blocks, else what restricts this node; empty if all is well. */
    public synchronized String reason() {
        Map<String, String> reasons = blockers.isEmpty() ? restrictions : blockers;
        List<String> parts = new ArrayList<>();
        reasons.forEach((part, reason) -> parts.add(part + ": " + reason));
        return String.join("; ", parts);
    }

    /** Throws {@link RegistryException} with {@code NOT_READY} unless queries are answered. */
    public void require() {
        if (!ready) {
            throw new RegistryException(RegistryException.Code.NOT_READY, "this server is not ready: " + reason());
        }
    }
}
