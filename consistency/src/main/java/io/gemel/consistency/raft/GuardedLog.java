package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import io.gemel.naming.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's log in RocksDB, which refuses to open when it is shorter than its {@link HighWaterMark}.
 *
 * <p>The mark is a lower bound: it follows the log at most once a second, which costs one more sync in that second. It is
 * lowered before the log is cut, never after. Called by JRaft's log thread alone.
 */
final class GuardedLog extends RocksDBLogStorage {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedLog.class);
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final HighWaterMark mark;
    private final Ticker ticker;
    private long marked;
    private long markedNanos;

    private GuardedLog(String path, RaftOptions options, HighWaterMark mark, Ticker ticker) {
        super(path, options);
        this.mark = mark;
        this.ticker = ticker;
        this.markedNanos = ticker.nanos() - INTERVAL_NANOS;
    }

    /** Makes JRaft open its log through this class. */
    static DefaultJRaftServiceFactory factory(HighWaterMark mark, Ticker ticker) {
        return new DefaultJRaftServiceFactory() {
            @Override
            public LogStorage createLogStorage(String uri, RaftOptions options) {
                return new GuardedLog(uri, options, mark, ticker);
            }
        };
    }

    @Override
    public boolean init(LogStorageOptions options) {
        if (!super.init(options)) {
            return false;
        }
        try {
            marked = mark.read();
            if (getLastLogIndex() >= marked) {
                return true;
            }
            LOG.error("raft log ends early last={} (expected: {} or more)", getLastLogIndex(), marked);
        } catch (IOException e) {
            LOG.error("raft log cannot be checked", e);
        }
        super.shutdown();
        return false;
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        return super.appendEntry(entry) && follow(entry.getId().getIndex());
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        int appended = super.appendEntries(entries);
        if (appended > 0 && !follow(entries.get(appended - 1).getId().getIndex())) {
            return 0;
        }
        return appended;
    }

    /** An installed snapshot may reach beyond the log, which is then left empty: nothing can be said of it until the next entry. */
    @Override
    public boolean truncatePrefix(long firstIndexKept) {
        if (firstIndexKept > marked) {
            long last = getLastLogIndex();
            if (!set(last >= firstIndexKept ? last : 0)) {
                return false;
            }
        }
        return super.truncatePrefix(firstIndexKept);
    }

    @Override
    public boolean truncateSuffix(long lastIndexKept) {
        return (lastIndexKept >= marked || set(lastIndexKept)) && super.truncateSuffix(lastIndexKept);
    }

    @Override
    public boolean reset(long nextLogIndex) {
        return set(0) && super.reset(nextLogIndex);
    }

    private boolean follow(long last) {
        return ticker.nanos() - markedNanos < INTERVAL_NANOS || set(last);
    }

    private boolean set(long index) {
        try {
            mark.write(index);
            marked = index;
            markedNanos = ticker.nanos();
            return true;
        } catch (IOException e) {
            LOG.error("raft high-water mark cannot be written index={}", index, e);
            return false;
        }
    }
}
