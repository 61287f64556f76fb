package io.gemel.naming;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who publishes which ephemeral instance, over all origins, and which publication of an address is shown.
 *
 * <p>Confined to the naming loop. Two rules decide. A session's later epoch voids what its earlier epochs published, on
 * whichever node, once the session has said that it has replayed. Among what is not void the highest stamp wins. Both
 * depend on what the origins hold and not on the order in which it came, so all nodes that hold the same origins show
 * the same instances.
 *
 * <p>The voiding epoch of a session is remembered for as long as any origin still holds something of that session: what a
 * client left behind on a dead or cut-off node must not come back when its new session ends. For the sake of nodes that
 * hear of what was left behind only later, the session's record has to outlive the session for a while; that is its
 * origin's duty.
 */
public final class Publications {
    private static final Comparator<Held> SHOWN_LAST =
            Comparator.comparingLong((Held held) -> held.publication.stamp()).thenComparing(Held::origin);

    private final Loop loop;
    private final ServiceIndex index;
    private final LamportClock clock;
    private final Map<ServiceId, Map<InstanceKey, List<Held>>> services = new HashMap<>();
    private final Map<String, SessionTrace> sessions = new HashMap<>();
    private final List<SessionMoves> moves = new ArrayList<>();

    /** Told when another node's session record voids an earlier epoch. */
    @FunctionalInterface
    public interface SessionMoves {
        /** The session goes on elsewhere, in {@code epoch}. Called on the naming loop. */
        void moved(String session, long epoch);
    }

    /** Shows what is published in {@code index}. */
    public Publications(Loop loop, ServiceIndex index, LamportClock clock) {
        this.loop = loop;
        this.index = index;
        this.clock = clock;
    }

    /** Adds one who is told of moved sessions; before the first call of another method. */
    public void onMove(SessionMoves listener) {
        moves.add(listener);
    }

    /** Adds a publication, or replaces the one of the same origin in the same slot. */
    public void put(OriginId origin, Publication publication) {
        checkLoop();
        clock.saw(publication.stamp());
        Publication.Slot slot = publication.slot();
        SessionTrace trace = trace(slot.session());
        List<Held> before = held(slot);
        List<Held> others = others(before, origin, slot);
        if (others.size() == before.size()) {
            trace.held++;
            trace.slots.merge(slot, 1, Integer::sum);
        }
        Held now = new Held(origin, publication);
        if (others.isEmpty()) {
            keep(slot, List.of(now));
        } else {
            List<Held> all = new ArrayList<>(others);
            all.add(now);
            keep(slot, all);
        }
    }

    /** {@code held} but for what {@code origin} has in {@code slot}. Nearly always an address has one publication at most. */
    private static List<Held> others(List<Held> held, OriginId origin, Publication.Slot slot) {
        if (held.isEmpty() || (held.size() == 1 && held.get(0).isAt(origin, slot))) {
            return List.of();
        }
        return held.stream().filter(other -> !other.isAt(origin, slot)).toList();
    }

    /** Removes the publication of {@code origin} in {@code slot}, if there is one. */
    public void remove(OriginId origin, Publication.Slot slot) {
        checkLoop();
        List<Held> before = held(slot);
        List<Held> others = others(before, origin, slot);
        if (others.size() < before.size()) {
            SessionTrace trace = trace(slot.session());
            trace.held--;
            trace.slots.computeIfPresent(slot, (s, count) -> count == 1 ? null : count - 1);
            keep(slot, others);
            forgetIfUnused(slot.session(), trace);
        }
    }

    /** Takes note of a session record: earlier epochs of the session are void. */
    public void putSession(OriginId origin, Publisher publisher, long tokenHash) {
        checkLoop();
        clock.saw(publisher.epoch());
        SessionTrace trace = trace(publisher.session());
        trace.records.put(origin, publisher.epoch());
        if (publisher.epoch() > trace.epoch) {
            trace.epoch = publisher.epoch();
            trace.tokenHash = tokenHash;
            for (Publication.Slot slot : List.copyOf(trace.slots.keySet())) {
                show(slot.service(), slot.key());
            }
            moves.forEach(listener -> listener.moved(publisher.session(), publisher.epoch()));
        }
    }

    /** Removes the session record of {@code origin}, if there is one. What it voided stays void. */
    public void removeSession(OriginId origin, String session) {
        checkLoop();
        SessionTrace trace = sessions.get(session);
        if (trace != null) {
            trace.records.remove(origin);
            forgetIfUnused(session, trace);
        }
    }

    /** The hash of the token that resumes {@code session}; empty if no node is known to have replayed it. */
    public OptionalLong tokenHash(String session) {
        SessionTrace trace = sessions.get(session);
        return trace == null || trace.epoch == 0 ? OptionalLong.empty() : OptionalLong.of(trace.tokenHash);
    }

    /** The epoch below which everything of {@code session} is void; 0 if nothing is. */
    public long voidBelow(String session) {
        SessionTrace trace = sessions.get(session);
        return trace == null ? 0 : trace.epoch;
    }

    /** Whether any origin holds a publication of {@code session}, shown or void. */
    public boolean holds(String session) {
        SessionTrace trace = sessions.get(session);
        return trace != null && trace.held > 0;
    }

    /** Whether an origin other than {@code origin} holds a publication of {@code session}. */
    public boolean heldElsewhere(OriginId origin, String session) {
        SessionTrace trace = sessions.get(session);
        return trace != null
                && trace.slots.keySet().stream()
                        .flatMap(slot -> held(slot).stream())
                        .anyMatch(held ->
                                held.publication.publisher().session().equals(session) && !held.origin.equals(origin));
    }

    /** Of how many sessions anything is remembered. */
    int remembered() {
        return sessions.size();
    }

    private SessionTrace trace(String session) {
        return sessions.computeIfAbsent(session, s -> new SessionTrace());
    }

    private void forgetIfUnused(String session, SessionTrace trace) {
        if (trace.held == 0 && trace.records.isEmpty()) {
            sessions.remove(session);
        }
    }

    private List<Held> held(Publication.Slot slot) {
        return services.getOrDefault(slot.service(), Map.of()).getOrDefault(slot.key(), List.of());
    }

    private void keep(Publication.Slot slot, List<Held> held) {
        Map<InstanceKey, List<Held>> keys = services.computeIfAbsent(slot.service(), s -> new HashMap<>());
        if (held.isEmpty()) {
            keys.remove(slot.key());
            if (keys.isEmpty()) {
                services.remove(slot.service());
            }
        } else {
            keys.put(slot.key(), List.copyOf(held));
        }
        show(slot.service(), slot.key());
    }

    private void show(ServiceId service, InstanceKey key) {
        Optional<Held> shown = services.getOrDefault(service, Map.of()).getOrDefault(key, List.of()).stream()
                .filter(this::isValid)
                .max(SHOWN_LAST);
        index.ephemeral(service, key, shown.map(held -> new Registration(held.publication.instance(), 0)));
    }

    private boolean isValid(Held held) {
        Publisher publisher = held.publication.publisher();
        return publisher.epoch() >= voidBelow(publisher.session());
    }

    private void checkLoop() {
        Invariant.check(
                loop.inLoop(), "I1: publications on %s", Thread.currentThread().getName());
    }

    /** One origin's publication. */
    private record Held(OriginId origin, Publication publication) {
        boolean isAt(OriginId otherOrigin, Publication.Slot slot) {
            return origin.equals(otherOrigin)
                    && publication.publisher().session().equals(slot.session())
                    && publication.instance().key().equals(slot.key())
                    && publication.service().equals(slot.service());
        }
    }

    /** What is known of a session over all origins. */
    private static final class SessionTrace {
        final Map<Publication.Slot, Integer> slots = new HashMap<>(2);
        final Map<OriginId, Long> records = new HashMap<>(2);
        int held;
        long epoch;
        long tokenHash;
    }
}
