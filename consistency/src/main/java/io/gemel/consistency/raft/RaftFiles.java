package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import io.gemel.naming.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a member keeps of Raft in its data directory besides the state, guarded against damage: the log and its mark, the vote, and
 * the snapshots. JRaft opens its storage through this.
 */
final class RaftFiles extends DefaultJRaftServiceFactory {
    private final HighWaterMark mark;
    private final VoteFile vote;
    private final boolean blank;
    private final CopyPace pace;
    private final Ticker ticker;
    private volatile @Nullable GuardedLog log;
    private volatile @Nullable CheckedSnapshots snapshots;

    private RaftFiles(HighWaterMark mark, VoteFile vote, boolean blank, CopyPace pace, Ticker ticker) {
        this.mark = mark;
        this.vote = vote;
        this.blank = blank;
        this.pace = pace;
        this.ticker = ticker;
    }

    /** Reads the mark and the vote in {@code dataDir}; throws {@link IOException} if one is damaged, or the vote is gone. */
    static RaftFiles open(Path dataDir, long copiedBytesPerSecond, Ticker ticker) throws IOException {
        HighWaterMark mark = new HighWaterMark(dataDir.resolve("raft.high-water"));
        Path voteFile = Files.createDirectories(dataDir.resolve("raft")).resolve("vote");
        boolean used = mark.read() > 0;
        boolean voted = Files.exists(voteFile);
        if (used && !voted) {
            // Without it, this member could vote twice in one term.
            throw new IOException(voteFile + " is missing");
        }
        CopyPace pace = new CopyPace(copiedBytesPerSecond, ticker);
        return new RaftFiles(mark, VoteFile.open(voteFile), !used && !voted, pace, ticker);
    }

    /** Whether this member, as far as its files tell, never took part in anything. */
    boolean blank() {
        return blank;
    }

    /** The newest term that this member knows. Any thread. */
    long term() {
        return vote.getTerm();
    }

    /** The same, with the vote in it. Any thread. */
    VoteFile.Vote vote() {
        return vote.vote();
    }

    /** The newest entry that is stored; 0 for none. May wait for the disk. */
    long lastIndex() {
        return log().map(GuardedLog::stored).orElse(0L);
    }

    /** The term of that entry; 0 if it is only in a snapshot. May wait for the disk. */
    long lastTerm() {
        return log().map(opened -> opened.getTerm(opened.stored())).orElse(0L);
    }

    /** The log; empty until JRaft has opened it. */
    Optional<GuardedLog> log() {
        return Optional.ofNullable(log);
    }

    /** The entry that the newest snapshot ends with; 0 for none. */
    long snapshotIndex() {
        CheckedSnapshots opened = snapshots;
        return opened == null ? 0 : opened.getLastSnapshotIndex();
    }

    @Override
    public SnapshotStorage createSnapshotStorage(NodeOptions options) {
        CheckedSnapshots opened = new CheckedSnapshots(options.getSnapshotUri(), options.getRaftOptions(), pace);
        snapshots = opened;
        return opened;
    }

    @Override
    public LogStorage createLogStorage(String uri, RaftOptions options) {
        GuardedLog opened = new GuardedLog(uri, options, mark, ticker);
        log = opened;
        return opened;
    }

    @Override
    public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
        return vote;
    }
}
