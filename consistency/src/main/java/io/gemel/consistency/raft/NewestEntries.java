package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log, as it was appended. JRaft asks for the term of the newest entries with each heartbeat and each ReadIndex, and
 * would read, decode and check them again each time. Written by one thread at a time, read by any.
 */
final class NewestEntries {
    /** JRaft asks for what is committed, which is the newest but for what is under way. */
    private static final int KEPT = 16;

    /** Of one entry: larger ones would keep memory. Only the very last may be larger, while the log rests there. */
    private static final int BYTES_MAX = 64 * 1024;

    private final AtomicReferenceArray<@Nullable LogEntry> kept = new AtomicReferenceArray<>(KEPT);
    private volatile @Nullable LogEntry last;

    /** The entry at {@code index}, if it is among them. */
    Optional<LogEntry> at(long index) {
        LogEntry small = kept.get(place(index));
        LogEntry entry = small == null || small.getId().getIndex() != index ? last : small;
        return entry == null || entry.getId().getIndex() != index ? Optional.empty() : Optional.of(entry);
    }

    /** {@code entries} are stored now, after all that was appended before. */
    void appended(List<LogEntry> entries) {
        entries.subList(Math.max(0, entries.size() - KEPT), entries.size()).forEach(this::keep);
        last(entries.get(entries.size() - 1));
    }

    /** {@code entry} is the end of the log, and known to be sound. */
    void last(LogEntry entry) {
        last = data(entry) ? new Sound(entry) : null;
    }

    /** What the log holds is no longer what was appended. */
    void forget() {
        for (int place = 0; place < KEPT; place++) {
            kept.set(place, null);
        }
        last = null;
    }

    private void keep(LogEntry entry) {
        boolean small = data(entry) && entry.getData().remaining() <= BYTES_MAX;
        kept.set(place(entry.getId().getIndex()), small ? new Sound(entry) : null);
    }

    private static boolean data(LogEntry entry) {
        return entry.getType() == EntryType.ENTRY_TYPE_DATA && entry.getData() != null;
    }

    private static int place(long index) {
        return (int) (index % KEPT);
    }

    /** Was checked, or never read from anywhere, so its checksum has nothing to say of it; it is sent along for those who store it. */
    private static final class Sound extends LogEntry {
        Sound(LogEntry entry) {
            super(entry.getType());
            setId(new LogId(entry.getId().getIndex(), entry.getId().getTerm()));
            setData(entry.getData().duplicate());
            if (entry.hasChecksum()) {
                setChecksum(entry.getChecksum());
            }
        }

        @Override
        public boolean isCorrupted() {
            return false;
        }
    }
}
