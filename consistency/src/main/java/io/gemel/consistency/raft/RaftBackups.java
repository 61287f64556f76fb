package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.JRaftUtils;
import com.alipay.sofa.jraft.util.ThreadPoolUtil;
import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.StoredRecord;
import io.gemel.naming.Backups;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backups of this node's store, and their way back into it through the log. What waits for the disk or for the log does so on
 * threads of its own, of which there are as many as there may be backups at once.
 */
final class RaftBackups implements Backups, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RaftBackups.class);
    private static final int READINGS_MAX = 2;
    private static final int THREADS = READINGS_MAX + 1;

    private final RaftConfig config;
    private final Registry registry;
    private final InstantSource clock;
    private final Semaphore readings = new Semaphore(READINGS_MAX);
    private final AtomicBoolean restoring = new AtomicBoolean();
    private final ExecutorService threads;

    /**
     * What it needs of this node.
     *
     * @param store the present one
     * @param readable done when this node shows as much as the level asks for
     * @param propose proposes a log entry on whichever node leads; done when this node shows what it did
     */
    record Registry(
            String node,
            Supplier<StateStore> store,
            Function<ReadLevel, CompletableFuture<Void>> readable,
            Function<ByteString, CompletableFuture<Decided>> propose) {
        /** Done when this node shows all that was acknowledged before. */
        CompletableFuture<Void> current() {
            return readable.apply(ReadLevel.LINEARIZABLE);
        }
    }

    RaftBackups(RaftConfig config, Registry registry, InstantSource clock) {
        this.config = config;
        this.registry = registry;
        this.clock = clock;
        this.threads = ThreadPoolUtil.newBuilder()
                .poolName("raft-backup")
                .enableMetric(false)
                .coreThreads(THREADS)
                .maximumThreads(THREADS)
                .keepAliveSeconds(60L)
                .workQueue(new LinkedBlockingQueue<>(2 * THREADS))
                .threadFactory(JRaftUtils.createThreadFactory("raft-backup"))
                .build();
        forgetUnfinished(config.dataDir().resolve(Restoration.FILE));
    }

    /** What a restoration left that did not end, because the node did. */
    private static void forgetUnfinished(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot be deleted, and is not needed: {}", file, e);
        }
    }

    /** Something that may find the disk broken. */
    interface Work<T> {
        T done() throws IOException;
    }

    /** Does {@code work} on a thread that may wait. */
    <T> CompletableFuture<T> work(Work<T> work) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return work.done();
                        } catch (IOException e) {
                            throw refusal(e);
                        }
                    },
                    threads);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new RegistryException(Code.SHUTTING_DOWN, "this server is stopping", e));
        }
    }

    private static RegistryException refusal(IOException e) {
        return e instanceof BackupFile.BadBackupException
                ? new RegistryException(Code.BAD_REQUEST, "backup: " + e.getMessage(), e)
                : new RegistryException(Code.UNAVAILABLE, "this node cannot do it: " + e.getMessage(), e);
    }

    @Override
    public CompletableFuture<Reading> read() {
        if (!readings.tryAcquire()) {
            return CompletableFuture.failedFuture(new RegistryException(
                    Code.OVERLOADED, READINGS_MAX + " backups are being read from this node already"));
        }
        CompletableFuture<Reading> opened = registry.current()
                .thenCompose(current ->
                        work(() -> new StoreBackup(registry.store().get().reading())));
        return opened.whenComplete((reading, failure) -> {
            if (failure != null) {
                readings.release();
            }
        });
    }

    @Override
    public Restoring restore(boolean replace, boolean rehearse) {
        if (!restoring.compareAndSet(false, true)) {
            throw new RegistryException(Code.OVERLOADED, "a backup is being restored through this node already");
        }
        return new Restoration(
                new Restoration.Terms(replace, rehearse), this, registry, config, () -> restoring.set(false));
    }

    /** What is under way ends with what is known of it. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** The file, made from what the store held at one log index. */
    private final class StoreBackup implements Reading {
        private final StoreReading records;
        private final Instant created = clock.instant();
        private final BackupFile.Writer writer = new BackupFile.Writer();
        private final AtomicBoolean closed = new AtomicBoolean();
        private boolean begun;
        private boolean ended;

        StoreBackup(StoreReading records) {
            this.records = records;
        }

        @Override
        public CompletableFuture<Optional<byte[]>> next() {
            return work(this::piece);
        }

        private synchronized Optional<byte[]> piece() throws IOException {
            if (ended) {
                return Optional.empty();
            }
            if (!begun) {
                begun = true;
                long revision = records.applied().index();
                return Optional.of(writer.header(config.cluster(), registry.node(), revision, created));
            }
            List<StoredRecord> next = records.next(BackupFile.BLOCK_BYTES);
            ended = next.isEmpty();
            return Optional.of(ended ? writer.footer() : writer.block(next));
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                records.close();
                readings.release();
            }
        }
    }
}
