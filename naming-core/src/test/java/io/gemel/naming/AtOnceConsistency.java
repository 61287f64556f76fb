package io.gemel.naming;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** One node without peers: applies every write in the naming loop, or does what a test tells it to do instead. */
public final class AtOnceConsistency implements ConsistencyService {
    private static final OriginId ORIGIN = new OriginId("s1", 1);

    private final Loop loop;
    private final ServiceIndex index;
    private final Publications publications;
    private final LamportClock clock;
    private final Set<Publication.Slot> slots = new HashSet<>();
    /** All that was asked, in order. Any thread. */
    public final List<Change> written = new CopyOnWriteArrayList<>();

    private long revision;
    private volatile Optional<Supplier<CompletableFuture<Written>>> instead = Optional.empty();

    /** Applies to these parts of a node. */
    public AtOnceConsistency(Loop loop, ServiceIndex index, Publications publications, LamportClock clock) {
        this.loop = loop;
        this.index = index;
        this.publications = publications;
        this.clock = clock;
    }

    /** From now on registrations are answered with this and not applied. */
    public void insteadOfRegistering(Supplier<CompletableFuture<Written>> answer) {
        instead = Optional.of(answer);
    }

    @Override
    public CompletableFuture<Written> write(Change change) {
        written.add(change);
        if (change instanceof Change.Register && instead.isPresent()) {
            return instead.get().get();
        }
        CompletableFuture<Written> result = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                apply(change);
                Written written = new Written(++revision);
                loop.afterTurn(() -> result.complete(written));
            });
        } catch (RegistryException refusal) {
            result.completeExceptionally(refusal);
        }
        return result;
    }

    @Override
    public CompletableFuture<Void> readable(ReadLevel level) {
        return CompletableFuture.completedFuture(null);
    }

    private void apply(Change change) {
        if (change instanceof Change.Register register) {
            register.instances().forEach(instance -> put(register, instance));
        } else if (change instanceof Change.Deregister deregister) {
            deregister.keys().forEach(key -> remove(deregister, key));
        } else if (change instanceof Change.SetService set) {
            index.settings(set.service(), set.settings().map(settings -> new Versioned<>(settings, revision + 1)));
        } else if (change instanceof Change.SetOverride set) {
            index.override(
                    set.service(), set.key(), set.override().map(override -> new Versioned<>(override, revision + 1)));
        } else if (change instanceof Change.SessionReplayed replayed) {
            publications.putSession(ORIGIN, replayed.publisher(), replayed.tokenHash());
        } else if (change instanceof Change.SessionClosed closed) {
            close(closed.publisher());
        } else if (change instanceof Change.SessionsLost lost) {
            lost.publishers().forEach(this::close);
        }
    }

    private void close(Publisher publisher) {
        for (Publication.Slot slot : List.copyOf(slots)) {
            if (slot.session().equals(publisher.session())) {
                publications.remove(ORIGIN, slot);
                slots.remove(slot);
            }
        }
        publications.removeSession(ORIGIN, publisher.session());
    }

    private void put(Change.Register register, Instance instance) {
        if (instance.durability() == Durability.PERSISTENT) {
            index.persistent(register.service(), instance.key(), Optional.of(new Registration(instance, revision + 1)));
        } else {
            Publication publication = new Publication(register.service(), instance, register.publisher(), clock.next());
            slots.add(publication.slot());
            publications.put(ORIGIN, publication);
        }
    }

    private void remove(Change.Deregister deregister, InstanceKey key) {
        if (deregister.durability() == Durability.PERSISTENT) {
            index.persistent(deregister.service(), key, Optional.empty());
        } else {
            Publication.Slot slot = new Publication.Slot(deregister.publisher().session(), deregister.service(), key);
            slots.remove(slot);
            publications.remove(ORIGIN, slot);
        }
    }
}
