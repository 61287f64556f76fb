package io.gemel.consistency.distro;

import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.KeyTable;
import io.gemel.naming.LamportClock;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publication;
import io.gemel.naming.Publications;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** What the sessions of this node publish: applies their changes here, and logs them for the peers. Confined to the naming loop. */
final class OwnOrigin {
    private final OriginId id;
    private final OriginLog log;
    private final ServiceIndex index;
    private final Publications publications;
    private final LamportClock clock;
    private final Ticker ticker;
    private final Map<String, Session> sessions = new HashMap<>();
    private final Map<String, Long> closed = new LinkedHashMap<>();
    private final int instancesMax;
    private final Suspects suspects;

    /**
     * Without sessions yet.
     *
     * @param servers over how many servers clients are spread
     * @param instancesMax how many instances a session may publish
     */
    OwnOrigin(
            OriginId id,
            OriginLog log,
            DistroConsistency.Domain domain,
            Ticker ticker,
            IntSupplier servers,
            int instancesMax) {
        this.id = id;
        this.log = log;
        this.index = domain.index();
        this.publications = domain.publications();
        this.clock = domain.clock();
        this.ticker = ticker;
        this.instancesMax = instancesMax;
        this.suspects = new Suspects(id, log, domain, ticker, servers);
    }

    OriginId id() {
        return id;
    }

    OriginLog log() {
        return log;
    }

    Suspects suspects() {
        return suspects;
    }

    /** Applies {@code change}, all of it or, with a {@link RegistryException}, nothing. */
    void apply(Change change) {
        if (change instanceof Change.Register register) {
            register(register);
        } else if (change instanceof Change.Deregister deregister) {
            Session session = current(deregister.publisher());
            log.beginChange();
            for (InstanceKey key : deregister.keys()) {
                withdraw(session, key(deregister.publisher(), deregister.service(), key));
            }
        } else if (change instanceof Change.SessionOpened opened) {
            open(opened);
        } else if (change instanceof Change.SessionReplayed replayed) {
            replayed(replayed);
        } else if (change instanceof Change.SessionsLost lost) {
            lose(lost.publishers(), lost.missing());
        } else if (change instanceof Change.SessionClosed closed) {
            close(closed.publisher(), Set.of());
        }
    }

    private void register(Change.Register register) {
        Session session = current(register.publisher());
        refuseTooMany(session, register);
        for (Instance instance : register.instances()) {
            refuseOtherKind(register.service(), instance);
        }
        log.beginChange();
        List<EntryKey> published = new ArrayList<>(register.instances().size());
        for (Instance instance : register.instances()) {
            Publication publication = new Publication(register.service(), instance, register.publisher(), clock.next());
            Entry entry = Entry.of(publication);
            boolean replaced = session.keys.put(entry.key()) != null;
            log.put(entry);
            publications.put(id, publication);
            published.add(entry.key());
            if (replaced && session.replayed && session.resumed) {
                relogRecord(register.publisher().session());
            }
        }
        published.forEach(suspects::published); // changes of their own, which would cut this one in two
    }

    private void refuseTooMany(Session session, Change.Register register) {
        if (session.keys.size() + register.instances().size() <= instancesMax) {
            return; // whichever of them it has already
        }
        long fresh = register.instances().stream()
                .map(instance -> key(register.publisher(), register.service(), instance.key()))
                .filter(key -> !session.keys.contains(key))
                .count();
        if (session.keys.size() + fresh > instancesMax) {
            throw new RegistryException(
                    RegistryException.Code.OVERLOADED,
                    "instances: " + fresh + " more than the " + session.keys.size() + " of session "
                            + register.publisher().session()
                            + " (expected: at most " + instancesMax + " in a session)");
        }
    }

    private void refuseOtherKind(ServiceId service, Instance instance) {
        if (index.isPersistent(service, instance.key())) {
            throw new RegistryException(
                    RegistryException.Code.DURABILITY_CONFLICT,
                    "instance: " + instance.key() + " of " + service
                            + " is persistent (expected: ephemeral or absent)");
        }
    }

    private void open(Change.SessionOpened opened) {
        Publisher publisher = opened.publisher();
        Session session = sessions.computeIfAbsent(publisher.session(), s -> new Session());
        session.epoch = publisher.epoch();
        session.replayed = false;
        session.resumed |= opened.resumed();
        closed.remove(publisher.session());
    }

    /** The record goes behind what the session replayed, so that peers first list the new and then void the old. */
    private void replayed(Change.SessionReplayed change) {
        Publisher publisher = change.publisher();
        Session session = current(publisher);
        session.replayed = true;
        List<EntryKey> left = session.keys.stream()
                .filter(key -> log.entry(key)
                        .filter(entry -> isBefore(publisher, entry))
                        .isPresent())
                .toList();
        for (EntryKey key : left) {
            session.keys.remove(key);
            erase(key);
        }
        log.beginChange();
        log.put(Entry.of(publisher, change.tokenHash()));
        publications.putSession(id, publisher, change.tokenHash());
    }

    /** A lagging peer gets each key's latest change only: the record must stay behind what it voids the old of. */
    private void relogRecord(String session) {
        log.entry(EntryKey.ofRecord(session)).ifPresent(log::put);
    }

    /** What they have is judged before any of it goes. */
    private void lose(List<Publisher> publishers, List<Publisher> missing) {
        Set<EntryKey> held = suspects.hold(slots(publishers), () -> slots(missing));
        publishers.forEach(publisher -> close(publisher, held));
    }

    private List<Publication.Slot> slots(List<Publisher> publishers) {
        List<Publication.Slot> slots = new ArrayList<>();
        for (Publisher publisher : publishers) {
            Session session = sessions.get(publisher.session());
            if (session != null && session.epoch == publisher.epoch()) {
                session.keys.stream()
                        .flatMap(key -> Stream.ofNullable(key.slot()))
                        .forEach(slots::add);
            }
        }
        return slots;
    }

    private void close(Publisher publisher, Set<EntryKey> held) {
        Session session = sessions.get(publisher.session());
        if (session != null && session.epoch == publisher.epoch()) {
            sessions.remove(publisher.session());
            session.keys.stream().filter(key -> !held.contains(key)).forEach(this::erase);
            if (session.resumed) {
                closed.put(publisher.session(), ticker.nanos());
            } else {
                eraseRecord(publisher.session());
            }
        }
    }

    /**
     * Erases the records of sessions that ended more than {@code retention} ago. Until then, and for as long as another
     * origin holds anything of theirs, they void what the sessions left on other nodes, also for a node that hears of that only now.
     */
    void eraseClosed(Duration retention) {
        long due = ticker.nanos() - retention.toNanos();
        for (Iterator<Map.Entry<String, Long>> ended = closed.entrySet().iterator(); ended.hasNext(); ) {
            Map.Entry<String, Long> session = ended.next();
            if (session.getValue() - due > 0) {
                return; // in the order in which they ended
            }
            if (!publications.heldElsewhere(id, session.getKey())) {
                ended.remove();
                eraseRecord(session.getKey());
            }
        }
    }

    private void eraseRecord(String session) {
        erase(EntryKey.ofRecord(session));
    }

    private static EntryKey key(Publisher publisher, ServiceId service, InstanceKey key) {
        return EntryKey.of(new Publication.Slot(publisher.session(), service, key));
    }

    private static boolean isBefore(Publisher publisher, Entry entry) {
        return entry instanceof Entry.Published published
                && published.publication().publisher().epoch() < publisher.epoch();
    }

    private void withdraw(Session session, EntryKey key) {
        if (session.keys.remove(key) != null) {
            remove(key);
        }
    }

    /** A change of its own: what a large session leaves goes to the peers in as many messages as it needs. */
    private void erase(EntryKey key) {
        log.beginChange();
        remove(key);
    }

    private void remove(EntryKey key) {
        if (key.slot() != null && suspects.marked(key, key.slot())) {
            return;
        }
        log.remove(key);
        OriginEntries.hide(id, key, publications);
    }

    private Session current(Publisher publisher) {
        Session session = sessions.get(publisher.session());
        if (session == null) {
            throw new RegistryException(
                    RegistryException.Code.UNKNOWN_SESSION, "no session " + publisher.session() + " on this server");
        }
        if (session.epoch != publisher.epoch() || publications.voidBelow(publisher.session()) > publisher.epoch()) {
            throw new RegistryException(
                    RegistryException.Code.SESSION_MOVED,
                    "session " + publisher.session() + " goes on elsewhere, epoch " + publisher.epoch() + " is past");
        }
        return session;
    }

    /** A session of this node: its epoch, and where it publishes. */
    private static final class Session {
        final KeyTable<EntryKey, EntryKey> keys = new KeyTable<>(Function.identity());
        long epoch;
        boolean replayed;
        boolean resumed;
    }
}
