package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.JRaftUtils;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.util.ThreadPoolUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots of the state. Only the checkpoint, which flushes what is in memory and links files, keeps the state machine
 * waiting; what reads all of them is done on a thread of its own.
 *
 * <p>A snapshot that fails is left out, and JRaft told so in words that do not stop the node: the log stays as long as it is.
 */
final class SnapshotSaver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSaver.class);

    private final ExecutorService reader = ThreadPoolUtil.newBuilder()
            .poolName("raft-snapshot")
            .enableMetric(false)
            .coreThreads(1)
            .maximumThreads(1)
            .keepAliveSeconds(60L)
            .workQueue(new LinkedBlockingQueue<>(1)) // JRaft takes one snapshot at a time
            .threadFactory(JRaftUtils.createThreadFactory("raft-snapshot"))
            .build();

    /** Saves {@code store} as it is now; {@code done} is told once {@code writer} lists its files, or why it does not. */
    void save(StateStore store, SnapshotWriter writer, Closure done) {
        try {
            long index = store.applied().index();
            store.checkpoint(SnapshotFiles.directory(writer));
            reader.execute(() -> list(index, writer, done));
        } catch (IOException | RejectedExecutionException e) {
            failed(e, writer, done);
        }
    }

    private static void list(long index, SnapshotWriter writer, Closure done) {
        try {
            SnapshotFiles.save(writer);
        } catch (IOException | UncheckedIOException e) { // or JRaft would wait for it, and take no other, for ever
            failed(e, writer, done);
            return;
        }
        LOG.info("snapshot saved index={}", index);
        done.run(Status.OK());
    }

    private static void failed(Exception e, SnapshotWriter writer, Closure done) {
        LOG.error("snapshot not saved path={}", writer.getPath(), e);
        done.run(new Status(RaftError.EINTERNAL, "%s", String.valueOf(e.getMessage())));
    }

    /** What is under way is finished. */
    @Override
    public void close() {
        reader.shutdown();
    }
}
