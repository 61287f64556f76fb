package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.RestoreStep;
import io.gemel.consistency.wire.StoredRecord;
import io.gemel.naming.Backups;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backup on its way into the cluster: first a file beside the data, which is read to its end before anything is done; then
 * log entries that stage its records, of which any may be repeated; then the one that puts them in place.
 *
 * <p>Who leads may change meanwhile. Nothing is kept of one that is given up but what is staged, which the next one deletes.
 */
final class Restoration implements Backups.Restoring {
    /** The version of log entries from which on members know of restorations; what is restored may ask for a newer one. */
    static final int FORMAT = 6;

    static final String FILE = "restore.part";

    private static final Logger LOG = LoggerFactory.getLogger(Restoration.class);
    private static final int STAGE_BYTES = 256 * 1024;

    /** Each attempt takes as long as a request may; a leader is found long before. */
    private static final int ATTEMPTS_MAX = 6;

    private final Terms terms;
    private final RaftBackups backups;
    private final RaftBackups.Registry registry;
    private final Path file;
    private final long freeBytesMin;
    private final String id = UUID.randomUUID().toString();
    private final Runnable over;
    private final Object order = new Object();
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    private @Nullable OutputStream out;
    private int format = FORMAT;
    private final AtomicBoolean givenUp = new AtomicBoolean();
    private boolean closed;

    /** What its caller wants, as {@link Backups#restore} says. */
    record Terms(boolean replace, boolean rehearse) {}

    /** What is there now. */
    private record Present(Backups.Count count, long contentHash) {}

    Restoration(Terms terms, RaftBackups backups, RaftBackups.Registry registry, RaftConfig config, Runnable over) {
        this.terms = terms;
        this.backups = backups;
        this.registry = registry;
        this.file = config.dataDir().resolve(FILE);
        this.freeBytesMin = config.storage().freeBytesMin();
        this.over = over;
    }

    @Override
    public CompletableFuture<Void> add(byte[] bytes) {
        return next(() -> {
                    append(bytes);
                    return bytes.length;
                })
                .thenAccept(length -> {});
    }

    /** Does {@code work} once what was begun before is done: there are several threads, and a caller need not wait before it says that this is all. */
    private <T> CompletableFuture<T> next(RaftBackups.Work<T> work) {
        synchronized (order) {
            CompletableFuture<T> next = last.thenCompose(done -> backups.work(work));
            last = next;
            return next;
        }
    }

    private synchronized void append(byte[] bytes) throws IOException {
        if (closed) {
            throw gone();
        }
        OutputStream to = out;
        if (to == null) {
            to = Files.newOutputStream(file);
            out = to;
        }
        if (Files.getFileStore(file).getUsableSpace() - bytes.length < freeBytesMin) {
            throw new RegistryException(
                    Code.DISK_LOW, "the backup does not fit into what is free at " + file.toAbsolutePath());
        }
        to.write(bytes);
    }

    @Override
    public CompletableFuture<Backups.Restored> finish() {
        return next(this::restore);
    }

    private synchronized Backups.Restored restore() throws IOException {
        if (closed || out == null) {
            throw new BackupFile.BadBackupException("it is empty");
        }
        out.close();
        BackupFile.Contents contents;
        try (InputStream in = open()) {
            contents = BackupFile.read(in, this::check);
        }
        Present present = present();
        if (terms.rehearse()) {
            return restored(contents, present, 0);
        }
        if (present.count().records() > 0 && !terms.replace()) {
            throw new RegistryException(
                    Code.NOT_EMPTY,
                    "the cluster holds %d persistent instances of %d services, and %d other records"
                            .formatted(
                                    present.count().instances(),
                                    present.count().services(),
                                    present.count().records() - present.count().instances()));
        }
        stage();
        Decided decided = step(RestoreStep.newBuilder()
                .setCommit(RestoreStep.Commit.newBuilder()
                        .setRecords(contents.records())
                        .setStagedHash(contents.contentHash())
                        .setIfContentHash(present.contentHash())));
        decided.conflict().ifPresent(why -> {
            throw new RegistryException(Code.REVISION_CONFLICT, why);
        });
        return restored(contents, present, committedAt(decided.index()));
    }

    private InputStream open() throws IOException {
        return new BufferedInputStream(Files.newInputStream(file), STAGE_BYTES);
    }

    private static Backups.Restored restored(BackupFile.Contents contents, Present replaced, long revision) {
        Backups.Count restored = new Backups.Count(contents.records(), contents.instances(), contents.services());
        return new Backups.Restored(contents.cluster(), contents.revision(), restored, replaced.count(), revision);
    }

    /** A record that this version could not show must not get into the log: every member would stop there. */
    private void check(StoredRecord entry) throws IOException {
        byte[] key = entry.getKey().toByteArray();
        if (key[0] <= MembersCodec.KEY.byteAt(0) || Staging.owns(key)) {
            throw new BackupFile.BadBackupException(
                    "it holds a record of the kind " + key[0] + ", which is no backup's");
        }
        try {
            Effect effect = Effect.stored(key, Optional.of(entry.getValue().toByteArray()));
            format = Math.max(format, Commands.formatFor(effect));
        } catch (InvalidProtocolBufferException
                | RegistryException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            throw new BackupFile.BadBackupException(
                    "it holds a record that this version cannot read (" + e.getMessage() + "); use a newer one");
        }
    }

    /** What is there after every write that was acknowledged by now. */
    private Present present() throws IOException {
        wait(registry.current());
        BackupFile.Tally tally = new BackupFile.Tally();
        try (StoreReading reading = registry.store().get().reading()) {
            for (List<StoredRecord> next = reading.next(STAGE_BYTES);
                    !next.isEmpty();
                    next = reading.next(STAGE_BYTES)) {
                next.forEach(tally::add);
            }
        }
        return new Present(new Backups.Count(tally.records(), tally.instances(), tally.services()), tally.hash());
    }

    private void stage() throws IOException {
        Decided unused = step(RestoreStep.newBuilder().setBegin(RestoreStep.Begin.getDefaultInstance()));
        Stager stager = new Stager();
        try (InputStream in = open()) {
            BackupFile.Contents unchanged = BackupFile.read(in, stager);
            LOG.info("restoration staged id={} records={}", id, unchanged.records());
        }
        stager.flush();
    }

    /** The log index at which it was committed, if the entry at {@code index} found that done. */
    private long committedAt(long index) throws IOException {
        try (StoreReading reading = registry.store().get().reading()) {
            long committed = reading.restored(id);
            return committed == 0 ? index : committed;
        }
    }

    /** Proposes {@code step} until it is known what has become of it: doing it twice does no harm. */
    private Decided step(RestoreStep.Builder step) throws IOException {
        ByteString command = RaftCommand.newBuilder()
                .setFormat(format)
                .setRestore(step.setId(id))
                .build()
                .toByteString();
        for (int attempt = 1; ; attempt++) {
            if (givenUp.get()) {
                throw gone();
            }
            try {
                return wait(registry.propose().apply(command));
            } catch (RegistryException refusal) {
                if (attempt == ATTEMPTS_MAX || !passes(refusal.code())) {
                    throw refusal;
                }
            }
        }
    }

    private static boolean passes(Code code) {
        return code == Code.NO_LEADER || code == Code.UNKNOWN_OUTCOME || code == Code.NOT_READY;
    }

    private static IOException gone() {
        return new IOException("the restoration was given up by its caller");
    }

    private static <T> T wait(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RegistryException refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        if (!givenUp.getAndSet(true)) {
            var unused = backups.work(this::clean).whenComplete((done, failure) -> over.run());
        }
    }

    private synchronized boolean clean() throws IOException {
        closed = true;
        if (out != null) {
            out.close();
        }
        return Files.deleteIfExists(file);
    }

    /** Stages records, many with one log entry. */
    private final class Stager implements BackupFile.Records {
        private final List<StoredRecord> waiting = new ArrayList<>();
        private long bytes;

        @Override
        public void accept(StoredRecord entry) throws IOException {
            if (bytes + entry.getSerializedSize() > STAGE_BYTES && !waiting.isEmpty()) {
                flush();
            }
            waiting.add(entry);
            bytes += entry.getSerializedSize();
        }

        void flush() throws IOException {
            if (waiting.isEmpty()) {
                return;
            }
            Decided decided = step(RestoreStep.newBuilder()
                    .setStage(RestoreStep.Stage.newBuilder().addAllRecords(waiting)));
            decided.conflict().ifPresent(why -> {
                throw new RegistryException(Code.REVISION_CONFLICT, why);
            });
            waiting.clear();
            bytes = 0;
        }
    }
}
