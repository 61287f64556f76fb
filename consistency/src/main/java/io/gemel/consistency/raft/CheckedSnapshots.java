package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's snapshots on disk, where one that was copied from a peer is kept only if each file is what the peer's list says.
 *
 * <p>JRaft does not look at what it copied; where a copy cannot be kept, it opens the snapshot that was there before and takes
 * it for the new one; and any I/O error, also the peer's, stops the node. Here a copy that failed is an answer to the leader, which
 * sends the snapshot again. JRaft makes one copy at a time.
 */
final class CheckedSnapshots extends LocalSnapshotStorage {
    private static final Logger LOG = LoggerFactory.getLogger(CheckedSnapshots.class);

    private final RaftOptions options;
    private final CopyPace pace;
    private volatile @Nullable CopiedSnapshot copying;

    CheckedSnapshots(String path, RaftOptions options, CopyPace pace) {
        super(path, "", options);
        super.setSnapshotThrottle(pace);
        this.options = options;
        this.pace = pace;
    }

    /** Where a snapshot of this node's own state is written. */
    @Override
    public SnapshotWriter create() {
        return super.create(true);
    }

    /** Where a copy is written. */
    @Override
    public @Nullable SnapshotWriter create(boolean fromEmpty) {
        SnapshotWriter plain = super.create(fromEmpty);
        if (plain == null) {
            return null;
        }
        CopiedSnapshot writer = new CopiedSnapshot(plain.getPath());
        copying = writer;
        return writer.init(null) ? writer : null;
    }

    @Override
    public @Nullable SnapshotCopier startToCopyFrom(String uri, SnapshotCopierOptions copierOptions) {
        copying = null;
        LocalSnapshotCopier copier = new CheckedCopier();
        copier.setStorage(this);
        copier.setSnapshotThrottle(pace);
        if (!copier.init(uri, copierOptions)) {
            return null;
        }
        copier.start();
        return copier;
    }

    /** A copy under way. It takes the place of the snapshot before it when it is closed, if it is whole then. */
    private final class CopiedSnapshot extends LocalSnapshotWriter {
        private volatile String lost = "it was not finished";

        CopiedSnapshot(String path) {
            super(path, CheckedSnapshots.this, options);
        }

        @Override
        public void close(boolean keepDataOnError) throws IOException {
            try {
                if (isOk()) {
                    SnapshotFiles.verify(this);
                }
                super.close(keepDataOnError);
                lost = isOk() && getLastSnapshotIndex() == getSnapshotIndex() ? "" : "it could not be kept";
            } catch (IOException e) {
                lost = String.valueOf(e.getMessage());
                if (isOk()) {
                    setError(RaftError.EINTERNAL, "%s", lost);
                    super.close(keepDataOnError);
                }
            }
        }
    }

    /** Succeeds only if the newest snapshot is the one that it copied. */
    private final class CheckedCopier extends LocalSnapshotCopier {
        @Override
        public void join() throws InterruptedException {
            super.join();
            CopiedSnapshot copied = copying;
            String lost = copied == null ? "it was not begun" : copied.lost;
            if (isOk() && !lost.isEmpty()) {
                LOG.warn("snapshot of the leader not taken over: {}; it is fetched again", lost);
                setError(RaftError.EINTERNAL, "%s", lost);
            } else if (getCode() == RaftError.EIO.getNumber()) {
                LOG.warn("snapshot of the leader not taken over: {}; it is fetched again", getErrorMsg());
                setError(RaftError.EINTERNAL, "%s", String.valueOf(getErrorMsg()));
            }
        }
    }
}
