package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import io.gemel.naming.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's log in RocksDB, which refuses to open when it is shorter than its {@link HighWaterMark}.
 *
 * <p>The mark is a lower bound: under load it follows the log once a second, which costs one more sync in that second; when
 * the log comes to rest, or is closed, it catches up. It is lowered before the log is cut, never after. JRaft's log thread
 * alone changes the log; the mark may be moved by any thread.
 */
final class GuardedLog extends RocksDBLogStorage {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedLog.class);
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    /** What an entry takes beside its data, roughly: index, term, checksum, key. */
    private static final int ENTRY_BYTES = 48;

    private final HighWaterMark mark;
    private final Ticker ticker;
    private final Path directory;
    private final NewestEntries newest = new NewestEntries();
    private volatile long last;
    private volatile long cuts;
    private volatile long inSnapshot;
    private volatile long applied;
    private volatile long marked;
    private volatile long markedNanos;
    private volatile long appendedBytes;

    GuardedLog(String path, RaftOptions options, HighWaterMark mark, Ticker ticker) {
        super(path, options);
        this.directory = Path.of(path);
        this.mark = mark;
        this.ticker = ticker;
        this.markedNanos = ticker.nanos() - INTERVAL_NANOS;
    }

    @Override
    public boolean init(LogStorageOptions options) {
        if (!super.init(options)) {
            return false;
        }
        try {
            marked = mark.read();
            last = getLastLogIndex();
            appendedBytes = size(directory);
            if (last >= marked) {
                return true;
            }
            LOG.error("raft log ends early last={} (expected: {} or more)", last, marked);
        } catch (IOException e) {
            LOG.error("raft log cannot be checked", e);
        }
        super.shutdown();
        return false;
    }

    /** Up to where the entries are on disk, in the log or in an installed snapshot. Any thread. */
    long stored() {
        return Math.max(last, inSnapshot);
    }

    /** Entries up to {@code index} were applied by this process, so that they are committed, and never to be replaced. Any thread. */
    void applied(long index) {
        applied = index;
    }

    /** Whether the log has come to rest beyond its mark. Any thread. */
    boolean unsettled() {
        return last > marked && ticker.nanos() - markedNanos >= INTERVAL_NANOS;
    }

    /** Moves the mark to the end of the log. A log that went on meanwhile, or was cut, has moved it itself. Any thread. */
    synchronized void settle() {
        if (unsettled()) {
            boolean unused = set(last);
        }
    }

    @Override
    public @Nullable LogEntry getEntry(long index) {
        return newest.at(index).orElseGet(() -> read(index));
    }

    private @Nullable LogEntry read(long index) {
        long cutsBefore = cuts;
        LogEntry entry = super.getEntry(index);
        if (entry != null && index == last && !entry.isCorrupted()) {
            keep(entry, cutsBefore);
        }
        return entry;
    }

    /** Unless it is not the end of the log any more, or another entry may be in its place by now. */
    private synchronized void keep(LogEntry entry, long cutsBefore) {
        if (entry.getId().getIndex() == last && cuts == cutsBefore) {
            newest.last(entry);
        }
    }

    private synchronized void cut() {
        cuts++;
        newest.forget();
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        return appendEntries(List.of(entry)) == 1;
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        if (entries.isEmpty() || !keepsCommitted(entries.get(0))) {
            return 0;
        }
        count(entries);
        int appended = super.appendEntries(entries);
        if (appended > 0 && !follow(entries.get(appended - 1).getId().getIndex())) {
            return 0;
        }
        newest.appended(entries.subList(0, appended));
        return appended;
    }

    private synchronized void count(List<LogEntry> entries) {
        for (LogEntry entry : entries) {
            ByteBuffer data = entry.getData();
            appendedBytes += ENTRY_BYTES + (data == null ? 0 : data.remaining());
        }
    }

    /** How much was written to the log since it was opened, and before that as much as its files take. Any thread. */
    long appendedBytes() {
        return appendedBytes;
    }

    /** Beyond the end of the log nothing is replaced, also where a leader's log still lacks what its followers made committed. */
    private boolean keepsCommitted(LogEntry first) {
        long index = first.getId().getIndex();
        return index > last || keepsCommitted(index - 1);
    }

    /** JRaft has checked it before, but only logs what it finds. To stop here keeps one node's mistake from the others. */
    private boolean keepsCommitted(long lastIndexKept) {
        boolean keeps = lastIndexKept >= Math.min(last, applied);
        if (!keeps) {
            LOG.error(
                    "invariant: committed entries are never replaced; to be cut after {}, committed to {}, end {}",
                    lastIndexKept,
                    applied,
                    last);
        }
        return keeps;
    }

    /** An installed snapshot may reach beyond the log, which is then left empty: nothing can be said of it until the next entry. */
    @Override
    public synchronized boolean truncatePrefix(long firstIndexKept) {
        cut();
        inSnapshot = firstIndexKept - 1;
        last = last >= firstIndexKept ? last : 0;
        if (firstIndexKept > marked && !set(last)) {
            return false;
        }
        return super.truncatePrefix(firstIndexKept);
    }

    @Override
    public synchronized boolean truncateSuffix(long lastIndexKept) {
        if (!keepsCommitted(lastIndexKept)) {
            return false;
        }
        cut();
        last = Math.min(last, lastIndexKept);
        return (lastIndexKept >= marked || set(lastIndexKept)) && super.truncateSuffix(lastIndexKept);
    }

    @Override
    public synchronized boolean reset(long nextLogIndex) {
        cut();
        inSnapshot = nextLogIndex - 1;
        last = 0;
        return set(0) && super.reset(nextLogIndex);
    }

    @Override
    public synchronized void shutdown() {
        if (last > marked) {
            boolean unused = set(last);
        }
        super.shutdown();
    }

    /** RocksDB, which is open, deletes what it needs no more at any moment: a file that is gone by now counts as empty. */
    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private synchronized boolean follow(long appended) {
        last = appended;
        return ticker.nanos() - markedNanos < INTERVAL_NANOS || set(appended);
    }

    private synchronized boolean set(long index) {
        markedNanos = ticker.nanos(); // also if it fails: what cannot be written is not tried again at once
        try {
            mark.write(index);
            marked = index;
            return true;
        } catch (IOException e) {
            LOG.error("raft high-water mark cannot be written index={}", index, e);
            return false;
        }
    }
}
