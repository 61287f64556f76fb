package io.gemel.consistency.distro;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.Changes;
import io.gemel.consistency.wire.OriginChange;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * This node's own origin: what it holds, and the latest change of each key in sequence order.
 *
 * <p>A peer's position is one number. Whoever is behind gets, from there on, each key's latest change only: a slow peer
 * costs no queue (I7). Removals are remembered up to a bound; a peer further behind needs a snapshot, which is the same walk
 * from the beginning.
 */
final class OriginLog {
    private static final int BATCH_BYTES_MAX = 256 * 1024;

    private final int removalsMax;
    private final Map<ByteString, Logged> latest = new HashMap<>();
    private final TreeMap<Long, Logged> bySequence = new TreeMap<>();
    private final TreeMap<Long, Logged> removals = new TreeMap<>();
    private long sequence;
    private long digest;
    private long forgotten;
    private long group;
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

    Optional<ByteString> entry(ByteString key) {
        return Optional.ofNullable(latest.get(key)).flatMap(Logged::entry);
    }

    /** What is logged from here to the next call belongs to one change: peers are shown all of it at once. */
    void beginChange() {
        group++;
    }

    void put(ByteString key, ByteString entry) {
        log(key, Optional.of(entry));
    }

    /** Removes {@code key}; no change if it is not there. */
    void remove(ByteString key) {
        if (entry(key).isPresent()) {
            log(key, Optional.empty());
        }
    }

    private void log(ByteString key, Optional<ByteString> entry) {
        Logged before = latest.get(key);
        if (before != null) {
            bySequence.remove(before.sequence);
            removals.remove(before.sequence);
            before.entry.ifPresent(old -> {
                digest -= Digest.of(old);
                entries--;
            });
        }
        Logged now = new Logged(++sequence, group, key, entry);
        latest.put(key, now);
        bySequence.put(now.sequence, now);
        if (entry.isPresent()) {
            digest += Digest.of(entry.get());
            entries++;
        } else {
            removals.put(now.sequence, now);
            forgetOldRemovals();
        }
    }

    private void forgetOldRemovals() {
        while (removals.size() > removalsMax) {
            Logged oldest = removals.pollFirstEntry().getValue();
            bySequence.remove(oldest.sequence);
            latest.remove(oldest.key);
            forgotten = oldest.sequence;
        }
    }

    /**
     * The changes after {@code previous}, as many as one message carries; {@code last} is the peer's next position. A
     * message ends where a change ends: a batch, whose size is limited where it is accepted, is never cut in two.
     */
    Changes.Builder after(long previous, int entriesMax) {
        Changes.Builder changes = Changes.newBuilder().setPrevious(previous);
        long last = sequence;
        long lastGroup = 0;
        int bytes = 0;
        for (Logged logged : bySequence.tailMap(previous, false).values()) {
            boolean full = changes.getChangeCount() >= entriesMax || bytes > BATCH_BYTES_MAX;
            if (full && logged.group != lastGroup) {
                last = bySequence.lowerKey(logged.sequence);
                break;
            }
            lastGroup = logged.group;
            ByteString payload = logged.entry.orElse(logged.key);
            bytes += payload.size();
            changes.addChange(
                    logged.entry.isPresent()
                            ? OriginChange.newBuilder().setPut(payload)
                            : OriginChange.newBuilder().setRemove(payload));
        }
        return changes.setLast(last);
    }

    /** The latest change of a key: its entry, or that it was removed. */
    private record Logged(long sequence, long group, ByteString key, Optional<ByteString> entry) {}
}
