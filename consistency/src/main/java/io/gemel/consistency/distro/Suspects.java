package io.gemel.consistency.distro;

import io.gemel.naming.GuardMode;
import io.gemel.naming.LamportClock;
import io.gemel.naming.LossGuard;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publication;
import io.gemel.naming.Publications;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in this node's origin without a session: what was lost together and is held as suspect for a while, and marks that say that an
 * address was taken back, for nodes that still hold something suspect at it.
 *
 * <p>Suspect is what sessions of this node lost, and what the sessions of a node that is gone had, if this node is the one to look after
 * that service: an entry of its own origin all the same, so it stays the only writer of that (I6), and the others show it because they are told.
 * Each lasts until its time is over, the guard is turned off, its session goes on, somebody else has its address, or the node from which it was taken is heard of
 * again. Who is cut off, or was stopped, holds nothing: what others have done with its origin meanwhile it does not know, and what they
 * dropped must not come back. Confined to the naming loop.
 */
final class Suspects {
    /** How often those that nobody needs any more are looked for; till then they are not shown. */
    private static final Duration SWEEP = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(Suspects.class);

    private final OriginId id;
    private final OriginLog entries;
    private final Publications publications;
    private final LamportClock clock;
    private final LossGuard guard;
    private final Ticker ticker;
    private final IntSupplier servers;
    private final Map<EntryKey, Held> held = new LinkedHashMap<>();
    private final Map<EntryKey, Gone> gone = new LinkedHashMap<>();
    private boolean allowed;
    private long sweptNanos;

    /**
     * One that is held.
     *
     * @param lostBy the origin that had it before
     */
    private record Held(Publication.Slot slot, OriginId lostBy, long sinceNanos) {}

    private record Gone(Publication.Slot slot, long sinceNanos) {}

    /** What of one service is about to be lost. */
    private static final class Lost {
        final List<Publication> publications = new ArrayList<>();
        final Set<String> sessions = new HashSet<>();
        final Set<String> missingSessions = new HashSet<>();
        int missing;
        int kept;

        void add(Publication publication) {
            publications.add(publication);
            sessions.add(publication.publisher().session());
        }

        void addMissing(Publication publication) {
            missing++;
            missingSessions.add(publication.publisher().session());
        }
    }

    /**
     * Holds nothing.
     *
     * @param servers over how many servers clients are spread
     */
    Suspects(OriginId id, OriginLog entries, DistroConsistency.Domain domain, Ticker ticker, IntSupplier servers) {
        this.id = id;
        this.entries = entries;
        this.publications = domain.publications();
        this.clock = domain.clock();
        this.guard = domain.guard();
        this.ticker = ticker;
        this.servers = servers;
        this.sweptNanos = ticker.nanos();
    }

    /** How many it holds. */
    int size() {
        return held.size();
    }

    // ---- what is held ----

    /**
     * Holds what {@code lost} of this node's own publications must not go; which of them it holds.
     *
     * @param missing what its clients may yet lose; asked for only if there is something to judge
     */
    Set<EntryKey> hold(List<Publication.Slot> lost, Supplier<List<Publication.Slot>> missing) {
        Map<ServiceId, Lost> byService = new TreeMap<>();
        for (Publication.Slot slot : lost) {
            if (guarded(slot.service())) {
                shown(slot)
                        .ifPresent(publication -> of(slot.service(), byService).add(publication));
            }
        }
        if (byService.isEmpty()) {
            return Set.of();
        }
        for (Publication.Slot slot : missing.get()) {
            Lost of = byService.get(slot.service());
            if (of != null) {
                shown(slot).ifPresent(of::addMissing);
            }
        }
        byService.forEach((service, of) -> of.kept = publications.listed(service, id));
        return judge(id, byService);
    }

    private Optional<Publication> shown(Publication.Slot slot) {
        return publications.shows(id, slot) ? publications.find(id, slot) : Optional.empty();
    }

    /**
     * Takes over what must not go of what {@code origin}, whose node is gone, has in {@code slots}: of the services that are this node's to look after.
     * What was suspect there already is held for another while.
     */
    void takeOver(OriginId origin, List<Publication.Slot> slots) {
        Map<ServiceId, Lost> byService = new TreeMap<>();
        for (Publication.Slot slot : slots) {
            if (!guarded(slot.service())) {
                continue;
            }
            Publication publication = publications.find(origin, slot).orElseThrow();
            boolean shown = publications.shows(origin, slot);
            if (publication.standing() == Publication.Standing.LISTED) {
                Lost of = of(slot.service(), byService);
                of.kept++;
                if (shown) {
                    of.add(publication);
                }
            } else if (shown) {
                put(publication, origin);
            }
        }
        byService.values().removeIf(of -> of.publications.isEmpty());
        judge(origin, byService);
    }

    /** Else there is nothing to count. */
    private boolean guarded(ServiceId service) {
        return allowed && guard.mode(service) != GuardMode.OFF;
    }

    private static Lost of(ServiceId service, Map<ServiceId, Lost> byService) {
        return byService.computeIfAbsent(service, s -> new Lost());
    }

    private Set<EntryKey> judge(OriginId origin, Map<ServiceId, Lost> byService) {
        Set<EntryKey> keys = new HashSet<>();
        byService.forEach((service, of) -> {
            LossGuard.Loss loss = new LossGuard.Loss(
                    origin,
                    service,
                    new LossGuard.Part(of.sessions.size(), of.publications.size()),
                    new LossGuard.Part(of.missingSessions.size(), of.missing),
                    of.kept,
                    publications.listed(service),
                    publications.suspects(service),
                    servers.getAsInt());
            if (guard.holds(loss)) {
                of.publications.forEach(publication -> keys.add(put(publication, origin)));
            }
        });
        return keys;
    }

    /** In the slot in which it was listed, with its stamp: whoever has it elsewhere, or comes back, is shown before it. */
    private EntryKey put(Publication publication, OriginId lostBy) {
        EntryKey key = EntryKey.of(publication.slot());
        if (lostBy.equals(id) || entries.entry(key).isEmpty()) {
            entries.beginChange();
            write(publication.as(Publication.Standing.SUSPECT));
            held.put(key, new Held(publication.slot(), lostBy, ticker.nanos()));
        }
        return key;
    }

    // ---- what is taken back ----

    /** A session publishes at {@code key}, which is one of an instance: what is suspect there in this origin is over. */
    void published(EntryKey key) {
        Publication.Slot slot = key.slot();
        if (slot == null || (held.isEmpty() && gone.isEmpty())) {
            return;
        }
        held.remove(key);
        gone.remove(key);
        for (Publication.Slot other : publications.suspects(id, slot.service(), slot.key())) {
            erase(EntryKey.of(other), other);
        }
    }

    /**
     * What this node's origin has at {@code key} is to go. If another node holds something suspect at the address, a mark takes its place,
     * or that would show once this is gone; whether it did.
     */
    boolean marked(EntryKey key, Publication.Slot slot) {
        if (!publications.suspectElsewhere(id, slot.service(), slot.key())) {
            return false;
        }
        write(publications.find(id, slot).orElseThrow().goneAt(clock.next()));
        gone.put(key, new Gone(slot, ticker.nanos()));
        return true;
    }

    /** {@code origin} is heard of again: what was taken over from it is its own again. */
    void returned(OriginId origin) {
        drop(held.entrySet().stream()
                .filter(entry -> entry.getValue().lostBy.equals(origin))
                .map(Map.Entry::getKey)
                .toList());
    }

    // ---- time ----

    /** Whether this node may hold anything: if not, it lets go of what it has. */
    void allow(boolean now) {
        if (!now && allowed && !held.isEmpty()) {
            log.warn("cut off, or was stopped: lets go what it held as suspect instances={}", held.size());
            drop(List.copyOf(held.keySet()));
        }
        allowed = now;
    }

    /** Lets go of what nobody needs any more. */
    void tick(Duration marksStay) {
        long now = ticker.nanos();
        if (now - sweptNanos < SWEEP.toNanos() || (held.isEmpty() && gone.isEmpty())) {
            return;
        }
        sweptNanos = now;
        List<EntryKey> over = new ArrayList<>();
        int overdue = 0;
        for (Map.Entry<EntryKey, Held> entry : held.entrySet()) {
            boolean late = now - entry.getValue().sinceNanos >= guard.hold().toNanos();
            overdue += late ? 1 : 0;
            Publication.Slot slot = entry.getValue().slot;
            boolean off = guard.mode(slot.service()) != GuardMode.ON;
            if (late || off || publications.superseded(id, slot)) {
                over.add(entry.getKey());
            }
        }
        if (overdue > 0) {
            log.warn("not back in time, no longer listed as suspect instances={}", overdue);
        }
        drop(over);
        sweepMarks(now - marksStay.toNanos());
    }

    private void sweepMarks(long before) {
        for (Iterator<Map.Entry<EntryKey, Gone>> marks = gone.entrySet().iterator(); marks.hasNext(); ) {
            Map.Entry<EntryKey, Gone> mark = marks.next();
            Publication.Slot slot = mark.getValue().slot;
            if (mark.getValue().sinceNanos - before > 0) {
                return; // in the order in which they were made
            }
            if (!publications.suspectElsewhere(id, slot.service(), slot.key())) {
                marks.remove();
                entries.beginChange();
                entries.remove(mark.getKey());
                publications.remove(id, slot);
            }
        }
    }

    private void drop(List<EntryKey> keys) {
        for (EntryKey key : keys) {
            Held over = held.get(key);
            if (over != null) {
                erase(key, over.slot);
            }
        }
    }

    private void erase(EntryKey key, Publication.Slot slot) {
        held.remove(key);
        entries.beginChange();
        entries.remove(key);
        publications.remove(id, slot);
    }

    private void write(Publication publication) {
        entries.put(Entry.of(publication));
        publications.put(id, publication);
    }
}
