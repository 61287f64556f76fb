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

    /** Of one entry: larger ones are rare, and would keep memory. */
    private static final int BYTES_MAX = 64 * 1024;

    private final AtomicReferenceArray<@Nullable LogEntry> kept = new AtomicReferenceArray<>(KEPT);

    /** The entry at {@code index}, if it is among them. */
    Optional<LogEntry> at(long index) {
        LogEntry entry = kept.get(place(index));
        return entry == null || entry.getId().getIndex() != index ? Optional.empty() : Optional.of(entry);
    }

    /** {@code entries} are stored now, after all that was appended before. */
    void appended(List<LogEntry> entries) {
        entries.subList(Math.max(0, entries.size() - KEPT), entries.size()).forEach(this::keep);
    }

    /** What the log holds is no longer what was appended. */
    void forget() {
        for (int place = 0; place < KEPT; place++) {
            kept.set(place, null);
        }
    }

    private void keep(LogEntry entry) {
        boolean small = entry.getType() == EntryType.ENTRY_TYPE_DATA
                && entry.getData() != null
                && entry.getData().remaining() <= BYTES_MAX;
        kept.set(place(entry.getId().getIndex()), small ? new Appended(entry) : null);
    }

    private static int place(long index) {
        return (int) (index % KEPT);
    }

    /** Was never read from anywhere, so its checksum has nothing to say of it; it is sent along for those who store it. */
    private static final class Appended extends LogEntry {
        Appended(LogEntry entry) {
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
