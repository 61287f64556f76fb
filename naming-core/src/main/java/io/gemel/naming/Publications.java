package io.gemel.naming;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
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
 * <p>One thing is for this node alone. When a claim to an address ends, an older one of another session at an origin that is not heard
 * of is in doubt: its owner may have ended it long ago. It is not shown until the origin is heard of again, or what is gone would come back.
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
    private final Map<ServiceId, KeyTable<InstanceKey, Claims>> services = new HashMap<>();
    private final Map<String, SessionTrace> sessions = new HashMap<>();
    private final List<SessionMoves> moves = new ArrayList<>();
    private final List<Returns> returns = new ArrayList<>();
    private final List<Kept> kept = new ArrayList<>();
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

    /**
     * Who publishes here for clients of whose death it learns by their silence. After this node was stopped for long it may be the only one that still
     * takes them for alive. Called on the naming loop.
     */
    @FunctionalInterface
    public interface Kept {
        /** Whether it will soon be known of some more clients whether they live. */
        boolean undecided();

        /** The others do not have any more what was published here: withdraws it until its clients are heard of, except of those that were since {@code nanos} of the ticker. */
        default void droppedElsewhere(long nanos) {
            // Whose connection outlived the stop is alive, and who is known to have none runs out.
        }
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

    /** Adds one who publishes here for its clients; before the first call of another method. */
    public void onStop(Kept publishing) {
        kept.add(publishing);
    }

    /** The others do not have any more what this node published before it was stopped, until {@code nanos} of the ticker. */
    public void droppedElsewhere(long nanos) {
        kept.forEach(publishing -> publishing.droppedElsewhere(nanos));
    }

    /** Whether it will soon be known of some more of this node's clients whether they live. */
    public boolean undecided() {
        return kept.stream().anyMatch(Kept::undecided);
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
        KeyTable<InstanceKey, Claims> keys = services.computeIfAbsent(slot.service(), s -> new KeyTable<>(Claims::key));
        List<Claim> before = claims(keys, slot.key());
        List<Claim> others = others(before, origin, slot);
        trace.slots.put(slot); // in the place of an equal one, which holds what was published before
        if (others.size() == before.size()) {
            trace.held++;
            others.stream()
                    .map(Claim::origin)
                    .filter(other -> !other.equals(origin))
                    .forEach(other -> returns.forEach(listener -> listener.returned(other)));
        }
        Claim now = new Claim(origin, publication);
        if (publication.standing() == Publication.Standing.GONE) {
            doubtOlder(origin, slot, before, others);
        } else {
            doubts.remove(origin, slot);
        }
        if (others.isEmpty()) {
            keep(keys, slot, List.of(now));
        } else {
            List<Claim> all = new ArrayList<>(others);
            all.add(now);
            keep(keys, slot, all);
        }
    }

    /** {@code claims} but for what {@code origin} has in {@code slot}. Nearly always an address has one claim at most. */
    private static List<Claim> others(List<Claim> claims, OriginId origin, Publication.Slot slot) {
        if (claims.isEmpty() || (claims.size() == 1 && claims.get(0).isAt(origin, slot))) {
            return List.of();
        }
        return claims.stream().filter(other -> !other.isAt(origin, slot)).toList();
    }

    /** Removes the publication of {@code origin} in {@code slot}, if there is one. */
    public void remove(OriginId origin, Publication.Slot slot) {
        checkLoop();
        KeyTable<InstanceKey, Claims> keys = services.get(slot.service());
        List<Claim> before = claims(keys, slot.key());
        List<Claim> others = others(before, origin, slot);
        if (keys != null && others.size() < before.size()) {
            SessionTrace trace = trace(slot.session());
            trace.held--;
            if (others.stream().noneMatch(other -> other.publication().slot().equals(slot))) {
                trace.slots.remove(slot);
            }
            doubtOlder(origin, slot, before, others);
            keep(keys, slot, others);
            forgetIfUnused(slot.session(), trace);
        }
    }

    /** All that {@code origin} holds is as its owner had it just now: nothing of it is in doubt any more. */
    public void confirmed(OriginId origin) {
        checkLoop();
        doubts.removeAll(origin).forEach(slot -> show(slot.service(), slot.key()));
    }

    /** What {@code origin} has in {@code slot} ends, and leaves {@code others} of {@code before}. */
    private void doubtOlder(OriginId origin, Publication.Slot slot, List<Claim> before, List<Claim> others) {
        doubts.remove(origin, slot);
        if (others.isEmpty()) {
            return;
        }
        for (Claim ended : before) {
            if (ended.isAt(origin, slot) && ended.isListed() && isValid(ended)) {
                others.stream()
                        .filter(other -> other.isListed() && isValid(other) && ended.isLaterThan(other))
                        .filter(other -> !other.publication().slot().session().equals(slot.session()))
                        .forEach(older -> doubts.addIfSilent(
                                older.origin(), older.publication().slot()));
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
            for (Publication.Slot slot : trace.slots.stream().toList()) {
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
                && trace.slots.stream()
                        .flatMap(slot -> claims(slot).stream())
                        .anyMatch(claim -> claim.publication().slot().session().equals(session)
                                && !claim.origin().equals(origin));
    }

    /** What {@code origin} holds in {@code slot}. */
    public Optional<Publication> find(OriginId origin, Publication.Slot slot) {
        return claims(slot).stream()
                .filter(claim -> claim.isAt(origin, slot))
                .map(Claim::publication)
                .findFirst();
    }

    /** Whether it is what {@code origin} holds in {@code slot} that is shown at its address. */
    public boolean shows(OriginId origin, Publication.Slot slot) {
        Claim shown = shown(claims(slot));
        return shown != null && shown.isAt(origin, slot);
    }

    /** How many instances of {@code service} are listed; those that are suspect are not. */
    public int listed(ServiceId service) {
        return count(service, claim -> !claim.isSuspect());
    }

    /** How many instances of {@code service} are shown as suspect. */
    public int suspects(ServiceId service) {
        return count(service, Claim::isSuspect);
    }

    /** How many of the instances of {@code service} that are listed are shown as {@code origin} has them. */
    public int listed(ServiceId service, OriginId origin) {
        return count(service, claim -> !claim.isSuspect() && claim.origin().equals(origin));
    }

    private int count(ServiceId service, Predicate<Claim> counts) {
        int count = 0;
        KeyTable<InstanceKey, Claims> keys = services.get(service);
        if (keys != null) {
            for (Claims claims : keys) {
                Claim shown = shown(claims.all());
                count += shown != null && counts.test(shown) ? 1 : 0;
            }
        }
        return count;
    }

    /** Where {@code origin} itself holds anything suspect at this address. */
    public List<Publication.Slot> suspects(OriginId origin, ServiceId service, InstanceKey key) {
        return claims(service, key).stream()
                .filter(claim -> claim.origin().equals(origin) && claim.isSuspect())
                .map(claim -> claim.publication().slot())
                .toList();
    }

    /** Whether an origin other than {@code origin} holds anything suspect at this address. */
    public boolean suspectElsewhere(OriginId origin, ServiceId service, InstanceKey key) {
        return claims(service, key).stream()
                .anyMatch(claim -> claim.isSuspect() && !claim.origin().equals(origin));
    }

    /** Whether what is suspect in {@code slot} of {@code origin} can go, because somebody has had the last word on its address since. */
    public boolean superseded(OriginId origin, Publication.Slot slot) {
        Optional<Publication> suspect = find(origin, slot);
        return suspect.isEmpty()
                || suspect.get().publisher().epoch() < voidBelow(slot.session())
                || claims(slot).stream().anyMatch(claim -> claim.supersedes(suspect.get()) && isValid(claim));
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

    private List<Claim> claims(Publication.Slot slot) {
        return claims(slot.service(), slot.key());
    }

    private List<Claim> claims(ServiceId service, InstanceKey key) {
        return claims(services.get(service), key);
    }

    private static List<Claim> claims(@Nullable KeyTable<InstanceKey, Claims> keys, InstanceKey key) {
        Claims claims = keys == null ? null : keys.get(key);
        return claims == null ? List.of() : claims.all();
    }

    private void keep(KeyTable<InstanceKey, Claims> keys, Publication.Slot slot, List<Claim> all) {
        Claims claims = Claims.of(all);
        if (claims != null) {
            keys.put(claims);
        } else {
            keys.remove(slot.key());
            if (keys.isEmpty()) {
                services.remove(slot.service());
            }
        }
        show(slot.service(), slot.key(), all);
    }

    private void show(ServiceId service, InstanceKey key) {
        show(service, key, claims(service, key));
    }

    private void show(ServiceId service, InstanceKey key, List<Claim> claims) {
        Claim shown = shown(claims);
        index.ephemeral(service, key, Optional.ofNullable(shown).map(Claim::registration));
    }

    private @Nullable Claim shown(List<Claim> claims) {
        Claim listed = null;
        Claim suspect = null;
        long gone = Long.MIN_VALUE;
        for (Claim each : claims) {
            if (each.publication().standing() == Publication.Standing.GONE) {
                gone = Math.max(gone, each.publication().stamp()); // whatever became of the session that said so
            } else if (isValid(each)) {
                if (each.isSuspect()) {
                    suspect = each.later(suspect);
                } else if (!doubts.contains(each.origin(), each.publication().slot())) {
                    listed = each.later(listed);
                }
            }
        }
        return listed == null && suspect != null && suspect.publication().stamp() > gone ? suspect : listed;
    }

    private boolean isValid(Claim claim) {
        Publisher publisher = claim.publication().publisher();
        return publisher.epoch() >= voidBelow(publisher.session());
    }

    private void checkLoop() {
        Invariant.check(
                loop.inLoop(), "I1: publications on %s", Thread.currentThread().getName());
    }

    /** What is known of a session over all origins. */
    private static final class SessionTrace {
        final KeyTable<Publication.Slot, Publication.Slot> slots = new KeyTable<>(Function.identity());
        final Map<OriginId, Long> records = new HashMap<>(2);
        int held;
        long epoch;
        long tokenHash;
    }
}
