package io.gemel.consistency.distro;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.OriginChange;
import io.gemel.naming.KeyTable;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publication;
import io.gemel.naming.Publications;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A peer's origin as this node holds it. Applies what the owner sends, in order, and shows it in {@link Publications}. */
final class OriginCopy {
    /** Where a copy stands in its life. */
    enum State {
        /** Its first snapshot is not complete. */
        SYNCING,
        LIVE,
        /** Its owner is down or has been started again; it is dropped at its {@link #graceEnds end of grace}. */
        ORPHANED
    }

    /** That there is an entry, and the hash of its bytes. */
    private static final class Copied {
        final EntryKey key;
        long hash;

        Copied(EntryKey key) {
            this.key = key;
        }
    }

    private final OriginId id;
    private final Publications publications;
    private final EntryReader reader = new EntryReader();
    private final KeyTable<EntryKey, Copied> entries = new KeyTable<>(copied -> copied.key);
    private @Nullable Set<EntryKey> notInSnapshot;
    private boolean complete;
    private boolean orphaned;
    private boolean resyncAsked;
    private boolean judged = true; // as an earlier copy of the same origin may have been, before it was dropped
    private boolean missedSome;
    private boolean current;
    private long heardNanos;
    private long orphanedNanos;
    private long returnNanos; // of the last of its clients since
    private long applied;
    private long digest;

    /** Empty; the owner is heard of {@code nowNanos}. */
    OriginCopy(OriginId id, Publications publications, long nowNanos) {
        this.id = id;
        this.publications = publications;
        this.heardNanos = nowNanos;
    }

    OriginId id() {
        return id;
    }

    State state() {
        if (orphaned) {
            return State.ORPHANED;
        }
        return complete ? State.LIVE : State.SYNCING;
    }

    long applied() {
        return applied;
    }

    long digest() {
        return digest;
    }

    int entries() {
        return entries.size();
    }

    long orphanedNanos() {
        return orphanedNanos;
    }

    boolean inSnapshot() {
        return notInSnapshot != null;
    }

    /** Whether a snapshot was asked for and has not begun. */
    boolean askedToResync() {
        return resyncAsked;
    }

    void resyncAsked() {
        resyncAsked = true;
    }

    void orphan(long nowNanos) {
        if (!orphaned) {
            orphaned = true;
            orphanedNanos = nowNanos;
            returnNanos = nowNanos;
        }
    }

    /** One of the clients that it lists goes on elsewhere. */
    void returned(long nowNanos) {
        returnNanos = nowNanos;
    }

    /** When it is to be dropped: a grace period after its owner was gone, or after its clients no longer come back, but not ever later. */
    long graceEnds(DistroConfig config) {
        long usual = returnNanos - orphanedNanos + config.grace().toNanos();
        return orphanedNanos + Math.min(usual, config.graceMax().toNanos());
    }

    /** The time in which this node was stopped is none in which clients could have resumed here. */
    void stoodStill(Duration time, long nowNanos) {
        heardNanos = later(heardNanos, time, nowNanos);
        orphanedNanos = later(orphanedNanos, time, nowNanos);
        returnNanos = later(returnNanos, time, nowNanos);
        missedSome = true;
    }

    private static long later(long nanos, Duration time, long nowNanos) {
        long later = nanos + time.toNanos();
        return later - nowNanos > 0 ? nowNanos : later;
    }

    /** Whether this node has stood still since it heard of the owner: others may have dropped this copy long ago. */
    boolean missedSome() {
        return missedSome;
    }

    /** Whether it was looked through for what must not go with it. */
    boolean judged() {
        return judged;
    }

    void judged(boolean now) {
        judged = now;
    }

    /** Where its publications are, in an order of their own: all nodes look through equal copies in the same. */
    List<Publication.Slot> slots() {
        return entries.stream()
                .flatMap(copied -> Stream.ofNullable(copied.key.slot()))
                .sorted(Comparator.comparing(Publication.Slot::session)
                        .thenComparing(Publication.Slot::service)
                        .thenComparing(Publication.Slot::key))
                .toList();
    }

    /** Whether its owner has said since the present link began that it is as the owner has it. */
    boolean current() {
        return current && !orphaned;
    }

    /** It is as its owner has it just now. */
    void confirmed() {
        current = true;
        publications.confirmed(id);
    }

    /** The owner sends. */
    void heard(long nowNanos) {
        heardNanos = nowNanos;
        orphaned = false;
        missedSome = false;
    }

    /** For how long the owner has sent nothing. */
    Duration silent(long nowNanos) {
        return Duration.ofNanos(nowNanos - heardNanos);
    }

    /** The owner begins a new link. A snapshot that was cut short starts over. */
    void relinked(long nowNanos) {
        heard(nowNanos);
        current = false;
        resyncAsked = false;
        if (notInSnapshot != null) {
            notInSnapshot = null;
            applied = 0;
        }
    }

    void beginSnapshot() {
        resyncAsked = false;
        notInSnapshot = new HashSet<>(keys());
    }

    void endSnapshot() {
        if (notInSnapshot != null) {
            List.copyOf(notInSnapshot).forEach(this::remove);
            notInSnapshot = null;
        }
        complete = true;
    }

    /** Applies {@code changes}, the last of which is number {@code last}. */
    void apply(List<OriginChange> changes, long last) {
        for (OriginChange change : changes) {
            switch (change.getChangeCase()) {
                case PUT -> put(change.getPut());
                case REMOVE -> remove(OriginEntries.decodeKey(change.getRemove()));
                case CHANGE_NOT_SET -> throw OriginEntries.unreadable("a change of an unknown kind");
            }
        }
        applied = last;
    }

    private void put(ByteString bytes) {
        Entry entry = reader.read(bytes, this::known);
        OriginEntries.show(id, entry, publications);
        Copied copied = entries.get(entry.key());
        if (copied == null) {
            copied = new Copied(entry.key());
            entries.put(copied);
        }
        long hash = Digest.of(bytes);
        digest += hash - copied.hash;
        copied.hash = hash;
        if (notInSnapshot != null) {
            notInSnapshot.remove(entry.key());
        }
    }

    private EntryKey known(EntryKey key) {
        Copied copied = entries.get(key);
        return copied == null ? key : copied.key;
    }

    private void remove(EntryKey key) {
        Copied before = entries.remove(key);
        if (before != null) {
            digest -= before.hash;
            OriginEntries.hide(id, key, publications);
        }
    }

    /** Hides everything. */
    void drop() {
        keys().forEach(this::remove);
    }

    private List<EntryKey> keys() {
        return entries.stream().map(copied -> copied.key).toList();
    }
}
