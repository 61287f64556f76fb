package io.gemel.naming;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who publishes which ephemeral instance, over all origins, and which publication of an address is shown.
 *
 * <p>Confined to the naming loop. Two rules decide. A session's later epoch voids what its earlier epochs published, on
 * whichever node, once the session has said that it has replayed. Among what is not void the highest stamp wins, of what is
 * listed before what is suspect; and what is suspect is not shown if its address was taken back since. All this
 * depends on what the origins hold and not on the order in which it came, so all nodes that hold the same origins show
 * the same instances.
 *
 * <p>One thing is for this node alone. When a claim to an address ends, an older one of an origin that is not heard of is in doubt: its
 * owner may have ended it long ago. It is not shown until the origin is heard of again, or what is gone would come back.
 *
 * <p>The voiding epoch of a session is remembered for as long as any origin still holds something of that session: what a
 * client left behind on a dead or cut-off node must not come back when its new session ends. For the sake of nodes that
 * hear of what was left behind only later, the session's record has to outlive the session for a while; that is its
 * origin's duty.
 */
public final class Publications {
    private final Loop loop;
    private final ServiceIndex index;
    private final LamportClock clock;
    private final Map<ServiceId, Map<InstanceKey, List<Held>>> services = new HashMap<>();
    private final Map<String, SessionTrace> sessions = new HashMap<>();
    private final List<SessionMoves> moves = new ArrayList<>();
    private final List<Returns> returns = new ArrayList<>();
    private final Doubts doubts = new Doubts();

    /** Told when another node's session record voids an earlier epoch. */
    @FunctionalInterface
    public interface SessionMoves {
        /** The session goes on elsewhere, in {@code epoch}. Called on the naming loop. */
        void moved(String session, long epoch);
    }

    /** Told when what one origin holds comes to be held by another, too. */
    @FunctionalInterface
    public interface Returns {
        /** A client registers elsewhere what {@code from} still lists for it, in the same session or another. Called on the naming loop. */
        void returned(OriginId from);
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

    /** Adds one who is told of clients that come back; before the first call of another method. */
    public void onReturn(Returns listener) {
        returns.add(listener);
    }

    /** Has it ask {@code silences} whether an origin is not heard of at the moment; before the first call of another method. */
    public void askWhoIsSilent(Predicate<OriginId> silences) {
        doubts.askWhoIsSilent(silences);
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
            others.stream()
                    .map(Held::origin)
                    .filter(other -> !other.equals(origin))
                    .forEach(other -> returns.forEach(listener -> listener.returned(other)));
        }
        Held now = new Held(origin, publication);
        if (publication.standing() == Publication.Standing.GONE) {
            doubtOlder(origin, slot, before, others);
        } else {
            doubts.remove(origin, slot);
        }
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
            doubtOlder(origin, slot, before, others);
            keep(slot, others);
            forgetIfUnused(slot.session(), trace);
        }
    }

    /** All that {@code origin} holds is as its owner had it just now: nothing of it is in doubt any more. */
    public void confirmed(OriginId origin) {
        checkLoop();
        doubts.removeAll(origin).forEach(slot -> show(slot.service(), slot.key()));
    }

    /** What {@code origin} has in {@code slot} ends, and leaves {@code others} of {@code before}. */
    private void doubtOlder(OriginId origin, Publication.Slot slot, List<Held> before, List<Held> others) {
        doubts.remove(origin, slot);
        if (others.isEmpty()) {
            return;
        }
        for (Held ended : before) {
            if (ended.isAt(origin, slot) && ended.isListed() && isValid(ended)) {
                others.stream()
                        .filter(other -> other.isListed() && ended.later(other) == ended)
                        .forEach(older -> doubts.addIfSilent(older.origin, older.publication.slot()));
            }
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

    /** What {@code origin} holds in {@code slot}. */
    public Optional<Publication> find(OriginId origin, Publication.Slot slot) {
        return held(slot).stream()
                .filter(held -> held.isAt(origin, slot))
                .map(Held::publication)
                .findFirst();
    }

    /** Whether it is what {@code origin} holds in {@code slot} that is shown at its address. */
    public boolean shows(OriginId origin, Publication.Slot slot) {
        Held shown = shown(held(slot));
        return shown != null && shown.isAt(origin, slot);
    }

    /** How many instances of {@code service} are listed; those that are suspect are not. */
    public int listed(ServiceId service) {
        return count(service, held -> !held.isSuspect());
    }

    /** How many instances of {@code service} are shown as suspect. */
    public int suspects(ServiceId service) {
        return count(service, Held::isSuspect);
    }

    /** How many of the instances of {@code service} that are listed are shown as {@code origin} has them. */
    public int listed(ServiceId service, OriginId origin) {
        return count(service, held -> !held.isSuspect() && held.origin.equals(origin));
    }

    private int count(ServiceId service, Predicate<Held> counts) {
        int count = 0;
        for (List<Held> held : services.getOrDefault(service, Map.of()).values()) {
            Held shown = shown(held);
            count += shown != null && counts.test(shown) ? 1 : 0;
        }
        return count;
    }

    /** Where {@code origin} itself holds anything suspect at this address. */
    public List<Publication.Slot> suspects(OriginId origin, ServiceId service, InstanceKey key) {
        return held(service, key).stream()
                .filter(held -> held.origin.equals(origin) && held.isSuspect())
                .map(held -> held.publication.slot())
                .toList();
    }

    /** Whether an origin other than {@code origin} holds anything suspect at this address. */
    public boolean suspectElsewhere(OriginId origin, ServiceId service, InstanceKey key) {
        return held(service, key).stream().anyMatch(held -> held.isSuspect() && !held.origin.equals(origin));
    }

    /** Whether what is suspect in {@code slot} of {@code origin} can go, because somebody has had the last word on its address since. */
    public boolean superseded(OriginId origin, Publication.Slot slot) {
        Optional<Publication> suspect = find(origin, slot);
        return suspect.isEmpty()
                || suspect.get().publisher().epoch() < voidBelow(slot.session())
                || held(slot).stream().anyMatch(held -> held.supersedes(suspect.get()) && isValid(held));
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
        return held(slot.service(), slot.key());
    }

    private List<Held> held(ServiceId service, InstanceKey key) {
        return services.getOrDefault(service, Map.of()).getOrDefault(key, List.of());
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
        Held shown = shown(held(service, key));
        index.ephemeral(service, key, Optional.ofNullable(shown).map(Held::registration));
    }

    private @Nullable Held shown(List<Held> held) {
        Held listed = null;
        Held suspect = null;
        long gone = Long.MIN_VALUE;
        for (Held each : held) {
            if (each.publication.standing() == Publication.Standing.GONE) {
                gone = Math.max(gone, each.publication.stamp()); // whatever became of the session that said so
            } else if (isValid(each)) {
                if (each.isSuspect()) {
                    suspect = each.later(suspect);
                } else if (!doubts.contains(each.origin, each.publication.slot())) {
                    listed = each.later(listed);
                }
            }
        }
        return listed == null && suspect != null && suspect.publication.stamp() > gone ? suspect : listed;
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

        boolean isListed() {
            return publication.standing() == Publication.Standing.LISTED;
        }

        boolean isSuspect() {
            return publication.standing() == Publication.Standing.SUSPECT;
        }

        Held later(@Nullable Held other) {
            if (other == null) {
                return this;
            }
            int order = Long.compare(publication.stamp(), other.publication.stamp());
            return order > 0 || (order == 0 && origin.compareTo(other.origin) > 0) ? this : other;
        }

        boolean supersedes(Publication suspect) {
            return switch (publication.standing()) {
                case LISTED -> !publication.publisher().equals(suspect.publisher());
                case GONE -> publication.stamp() > suspect.stamp();
                case SUSPECT -> false;
            };
        }

        Registration registration() {
            return new Registration(publication.instance(), 0, false, isSuspect());
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
