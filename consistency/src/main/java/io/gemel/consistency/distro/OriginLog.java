package io.gemel.consistency.distro;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.Changes;
import io.gemel.consistency.wire.OriginChange;
import io.gemel.naming.KeyTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * This node's own origin: what it holds, and the latest change of each key in sequence order.
 *
 * <p>A peer's position is one number. Whoever is behind gets, from there on, each key's latest change only: a slow peer
 * costs no queue (I7). Removals are remembered up to a bound; a peer further behind needs a snapshot, which is the same walk
 * from the beginning.
 *
 * <p>Changes stand in an array in the order of their numbers. One that a later change of its key has superseded leaves a gap, which goes when
 * half of the array is gaps: so a change costs the same however much is held.
 */
final class OriginLog {
    private static final int BATCH_BYTES_MAX = 256 * 1024;

    /** Of so many changes the bytes are kept, for the peers to which they are about to be sent. */
    private static final int ENCODED_MAX = 1_024;

    /** So few are not worth closing. */
    private static final int GAPS_MIN = 1_024;

    private final int removalsMax;
    private final KeyTable<EntryKey, Logged> latest = new KeyTable<>(logged -> logged.key);
    private final ArrayDeque<Logged> encoded = new ArrayDeque<>();
    private final ArrayDeque<Logged> removals = new ArrayDeque<>();
    private List<Logged> bySequence = new ArrayList<>();
    private int gaps;
    private int removed;
    private long sequence;
    private long digest;
    private long forgotten;
    private int group;
    private int entries;

    OriginLog(int removalsMax) {
        this.removalsMax = removalsMax;
    }

    /** The last change. */
    long sequence() {
        return sequence;
    }

    long digest() {
        return digest;
    }

    int entries() {
        return entries;
    }

    /** What a peer at {@code position} lacks can be told change by change; otherwise it needs a snapshot. */
    boolean remembers(long position) {
        return position >= forgotten;
    }

    Optional<Entry> entry(EntryKey key) {
        Logged logged = latest.get(key);
        return logged == null ? Optional.empty() : Optional.ofNullable(logged.entry);
    }

    /** What is logged from here to the next call belongs to one change: peers are shown all of it at once. */
    void beginChange() {
        group++;
    }

    void put(Entry entry) {
        ByteString bytes = OriginEntries.encode(entry);
        Logged logged = log(entry.key(), entry, Digest.of(bytes));
        digest += logged.hash;
        entries++;
        logged.bytes = bytes;
        encoded.add(logged);
        if (encoded.size() > ENCODED_MAX) {
            encoded.remove().bytes = null;
        }
    }

    /** Removes {@code key}; no change if it is not there. */
    void remove(EntryKey key) {
        if (entry(key).isPresent()) {
            removals.add(log(key, null, 0));
            removed++;
            forgetOldRemovals();
        }
    }

    @CanIgnoreReturnValue
    private Logged log(EntryKey key, @Nullable Entry entry, long hash) {
        Logged now = new Logged(++sequence, group, key, entry, hash);
        Logged before = latest.put(now);
        if (before != null) {
            if (before.entry == null) {
                removed--;
            } else {
                digest -= before.hash;
                entries--;
            }
            leaveGap(before);
        }
        bySequence.add(now);
        return now;
    }

    private void leaveGap(Logged superseded) {
        superseded.supersede();
        gaps++;
        if (gaps > GAPS_MIN && gaps > bySequence.size() / 2) {
            List<Logged> closed = new ArrayList<>(bySequence.size() - gaps);
            for (Logged logged : bySequence) {
                if (!logged.superseded) {
                    closed.add(logged);
                }
            }
            bySequence = closed;
            gaps = 0;
        }
    }

    private void forgetOldRemovals() {
        while (!removals.isEmpty() && (removed > removalsMax || removals.peek().superseded)) {
            Logged oldest = removals.remove();
            if (!oldest.superseded) {
                latest.remove(oldest.key);
                removed--;
                forgotten = oldest.sequence;
                leaveGap(oldest);
            }
        }
        if (removals.size() > GAPS_MIN && removals.size() / 2 > removed) {
            removals.removeIf(removal -> removal.superseded);
        }
    }

    /** Where in the array the first change after {@code position} stands. */
    private int after(long position) {
        int low = 0;
        int high = bySequence.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (bySequence.get(middle).sequence <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * The changes after {@code previous}, as many as one message carries; {@code last} is the peer's next position. A
     * message ends where a change ends: a batch, whose size is limited where it is accepted, is never cut in two.
     */
    Changes.Builder after(long previous, int entriesMax) {
        Changes.Builder changes = Changes.newBuilder().setPrevious(previous);
        long last = previous;
        int lastGroup = 0;
        int bytes = 0;
        for (int at = after(previous); at < bySequence.size(); at++) {
            Logged logged = bySequence.get(at);
            if (logged.superseded) {
                continue;
            }
            boolean full = changes.getChangeCount() >= entriesMax || bytes > BATCH_BYTES_MAX;
            if (full && logged.group != lastGroup) {
                return changes.setLast(last);
            }
            lastGroup = logged.group;
            last = logged.sequence;
            OriginChange change = logged.change();
            bytes += change.getSerializedSize();
            changes.addChange(change);
        }
        return changes.setLast(sequence);
    }

    /** Whether a message of at most {@code entriesMax} entries had room for more, so that its sender had no more then. */
    static boolean isAll(Changes changes, int entriesMax) {
        return changes.getChangeCount() < entriesMax && changes.getSerializedSize() <= BATCH_BYTES_MAX;
    }

    /** The latest change of a key: its entry, or that it was removed; or one that a later change has superseded. */
    private static final class Logged {
        static final EntryKey NOWHERE = EntryKey.ofRecord("");

        final long sequence;
        final int group; // told apart from those beside it alone
        final long hash;
        EntryKey key;
        boolean superseded;

        @Nullable
        Entry entry;

        @Nullable
        ByteString bytes;

        Logged(long sequence, int group, EntryKey key, @Nullable Entry entry, long hash) {
            this.sequence = sequence;
            this.group = group;
            this.key = key;
            this.entry = entry;
            this.hash = hash;
        }

        /** A gap that waits for its end holds nothing. */
        void supersede() {
            superseded = true;
            key = NOWHERE;
            entry = null;
            bytes = null;
        }

        OriginChange change() {
            if (entry == null) {
                return OriginChange.newBuilder()
                        .setRemove(OriginEntries.encode(key))
                        .build();
            }
            return OriginChange.newBuilder()
                    .setPut(bytes == null ? OriginEntries.encode(entry) : bytes)
                    .build();
        }
    }
}
