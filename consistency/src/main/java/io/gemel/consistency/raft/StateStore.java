package io.gemel.consistency.raft;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.GuardMode;
import io.gemel.consistency.wire.StoreState;
import io.gemel.consistency.wire.StoredService;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The persistent instances as of one log index, in RocksDB.
 *
 * <p>Every batch carries the index it brings the store to, so instances and index never disagree, not even after a crash.
 * Its write-ahead log is not synced: what a power failure takes from the store is replayed from the Raft log. It is there for
 * the case in which nobody can say what to replay: a killed node that comes back without a majority shows what it had.
 * Written by one thread; {@link #applied()} may be read by any.
 */
final class StateStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateStore.class);
    private static final int FORMAT_MAX = 5;
    private static final int OPERATOR_FORMAT = 2;
    private static final int HEALTH_FORMAT = 3;
    private static final int RESTORE_FORMAT = 4;
    private static final int GUARD_FORMAT = 5;
    private static final byte[] STATE_KEY = {0};
    private static final byte[] FIRST_KEY = {1}; // after STATE_KEY, which sorts before all else
    private static final long WRITE_BUFFER_BYTES = 4L * 1024 * 1024;
    private static final long WAL_BYTES_MAX = 16L * 1024 * 1024;
    private static final long BLOCK_CACHE_BYTES = 4L * 1024 * 1024;
    private static final HashFunction HASH = Hashing.murmur3_128();

    private final BloomFilter bloom = new BloomFilter(10);
    private final LRUCache blockCache = new LRUCache(BLOCK_CACHE_BYTES);
    private final Options options = new Options();
    private final WriteOptions writeOptions = new WriteOptions();
    private final RocksDB db;
    private final Set<StoreReading> readings = new HashSet<>();
    private boolean closed;
    private int format = 1; // the lowest that knows all in it, so that an older version refuses what it cannot read
    private volatile Applied applied;

    /**
     * How far the store is.
     *
     * @param index of the last log entry in it; 0 for none
     * @param hash of its content; equal for equal content
     */
    record Applied(long index, long hash) {
        static final Applied NOTHING = new Applied(0, 0);
    }

    private StateStore(Path directory) throws RocksDBException, IOException {
        Files.createDirectories(directory);
        options.setCreateIfMissing(true)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMaxWriteBufferNumber(2)
                .setMaxTotalWalSize(WAL_BYTES_MAX)
                .setMaxOpenFiles(256)
                .setMaxLogFileSize(1024 * 1024)
                .setKeepLogFileNum(2)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(blockCache).setFilterPolicy(bloom));
        this.db = RocksDB.open(options, directory.toString());
        this.applied = readApplied();
    }

    /** Opens the store in {@code directory}, an empty one if there is none; throws {@link IOException} if it is damaged or newer. */
    static StateStore open(Path directory) throws IOException {
        RocksDB.loadLibrary();
        try {
            return new StateStore(directory);
        } catch (RocksDBException e) {
            throw new IOException("cannot open the state in " + directory + ": " + e.getMessage(), e);
        }
    }

    private Applied readApplied() throws RocksDBException, IOException {
        byte[] bytes = db.get(STATE_KEY);
        if (bytes == null) {
            return Applied.NOTHING;
        }
        StoreState state = StoreState.parseFrom(bytes);
        if (state.getFormat() < 1 || state.getFormat() > FORMAT_MAX) {
            throw new IOException("the state has format " + state.getFormat() + " (expected: 1.." + FORMAT_MAX
                    + "); run the version that wrote it, or a newer one");
        }
        format = state.getFormat();
        return new Applied(state.getAppliedIndex(), state.getStateHash());
    }

    Applied applied() {
        return applied;
    }

    /** Changes that become visible together. */
    Batch batch() {
        return new Batch();
    }

    /**
     * Writes what is in memory alone to a table, so that a {@link #checkpoint} soon afterwards finds little to write; meanwhile
     * changes go on. Nothing once it is closed. Any thread.
     */
    void flush() {
        synchronized (readings) { // close waits
            if (closed) {
                return;
            }
            try (FlushOptions andWait = new FlushOptions()) {
                db.flush(andWait);
            } catch (RocksDBException e) {
                LOG.warn("state not flushed, the snapshot does that: {}", e.getMessage());
            }
        }
    }

    /** Makes a consistent copy in {@code directory}, which must not exist: hard links where the file system has them. */
    void checkpoint(Path directory) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(directory.toString());
        } catch (RocksDBException e) {
            throw new IOException("cannot write a snapshot of the state to " + directory, e);
        }
    }

    /** Throws {@link IOException} unless {@code walked}, now at the end, has met what the store says that it holds. */
    void verify(Cursor walked) throws IOException {
        if (walked.hash() != applied.hash()) {
            throw new IOException("the state is damaged: what it holds at log index " + applied.index()
                    + " has the hash " + Long.toHexString(walked.hash()) + " (expected: "
                    + Long.toHexString(applied.hash()) + ")");
        }
    }

    /** What is at {@code key}. */
    Optional<byte[]> get(ByteString key) throws IOException {
        try {
            return Optional.ofNullable(db.get(key.toByteArray()));
        } catch (RocksDBException e) {
            throw new IOException("cannot read the state: " + e.getMessage(), e);
        }
    }

    /** Walks all that the state hash covers, in key order. */
    Cursor cursor() {
        return cursor(FIRST_KEY, new byte[0]);
    }

    /** Walks what it holds now, whatever becomes of that while it is walked. */
    Cursor past() {
        Snapshot snapshot = db.getSnapshot();
        ReadOptions of = new ReadOptions().setSnapshot(snapshot);
        return new Cursor(db.newIterator(of), FIRST_KEY, new byte[0], () -> {
            of.close();
            db.releaseSnapshot(snapshot);
        });
    }

    /** Walks what is at {@code from} and after it, before {@code end}; an empty one is no end. */
    Cursor cursor(byte[] from, byte[] end) {
        return new Cursor(db.newIterator(), from, end, () -> {});
    }

    /** What it holds now, for any thread; {@link #close} ends it. Throws {@link IOException} if it is closed. */
    StoreReading reading() throws IOException {
        synchronized (readings) {
            if (closed) {
                throw new IOException("the state is closed");
            }
            readings.removeIf(StoreReading::ended);
            try {
                StoreReading reading = new StoreReading(db, STATE_KEY);
                readings.add(reading);
                return reading;
            } catch (RocksDBException e) {
                throw new IOException("cannot read the state: " + e.getMessage(), e);
            }
        }
    }

    /**
     * Writes what a restoration does, which brings the store to {@code index}, where what it holds has the hash {@code hash}.
     *
     * @param recordsFormat the highest {@link #formatFor} of the records that it puts in place; 0 if it does not
     */
    void restore(WriteBatch batch, long index, long hash, int recordsFormat) throws RocksDBException {
        format = Math.max(format, Math.max(RESTORE_FORMAT, recordsFormat));
        write(batch, index, hash);
    }

    private void write(WriteBatch batch, long index, long hash) throws RocksDBException {
        StoreState state = StoreState.newBuilder()
                .setFormat(format)
                .setAppliedIndex(index)
                .setStateHash(hash)
                .build();
        batch.put(STATE_KEY, state.toByteArray());
        db.write(writeOptions, batch);
        applied = new Applied(index, hash);
    }

    @Override
    public void close() {
        synchronized (readings) {
            closed = true;
            readings.forEach(StoreReading::close);
        }
        db.close();
        writeOptions.close();
        options.close();
        blockCache.close();
        bloom.close();
    }

    /** What a record adds to the state hash. */
    static long hash(byte[] key, byte[] value) {
        // All in one array: in parts, the hasher would copy byte by byte.
        ByteBuffer record = ByteBuffer.allocate(Integer.BYTES + key.length + value.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(key.length)
                .put(key)
                .put(value);
        return HASH.hashBytes(record.array()).asLong();
    }

    /** The lowest version of the state that knows what {@code value} at {@code key} says. */
    static int formatFor(byte[] key, ByteString value) throws InvalidProtocolBufferException {
        if (MembersCodec.KEY.byteAt(0) == key[0]) {
            return 1;
        }
        if (Staging.owns(key)) {
            return RESTORE_FORMAT;
        }
        return switch (StoreKeys.Kind.of(key)) {
            case INSTANCE -> 1;
            case SERVICE -> saysOfGuard(value) ? GUARD_FORMAT : OPERATOR_FORMAT;
            case OVERRIDE -> OPERATOR_FORMAT;
            case HEALTH -> HEALTH_FORMAT;
        };
    }

    private static boolean saysOfGuard(ByteString service) throws InvalidProtocolBufferException {
        return StoredService.parseFrom(service).getSettings().getGuard() != GuardMode.GUARD_MODE_UNSPECIFIED;
    }

    /** Gathers changes, then writes them at once. */
    final class Batch {
        private final Map<ByteString, Optional<ByteString>> changes = new LinkedHashMap<>();

        void set(ByteString key, Optional<ByteString> value) {
            changes.put(key, value);
        }

        /** What is at {@code key} after the changes so far. */
        Optional<byte[]> get(ByteString key) throws IOException {
            Optional<ByteString> changed = changes.get(key);
            return changed != null ? changed.map(ByteString::toByteArray) : StateStore.this.get(key);
        }

        /** Writes the changes and the index that they bring the store to. */
        void commit(long index) throws IOException {
            long sum = applied.hash();
            try (WriteBatch batch = new WriteBatch()) {
                for (Map.Entry<ByteString, Optional<ByteString>> change : changes.entrySet()) {
                    byte[] key = change.getKey().toByteArray();
                    byte[] before = db.get(key);
                    if (before != null) {
                        sum -= hash(key, before);
                    }
                    if (change.getValue().isPresent()) {
                        byte[] value = change.getValue().get().toByteArray();
                        sum += hash(key, value);
                        format = Math.max(
                                format, formatFor(key, change.getValue().get()));
                        batch.put(key, value);
                    } else if (before != null) {
                        batch.delete(key);
                    }
                }
                write(batch, index, sum);
            } catch (RocksDBException e) {
                throw new IOException("cannot write the state at log index " + index + ": " + e.getMessage(), e);
            }
        }
    }

    /** A position in the store, which adds up the hash of what it has left behind. */
    static final class Cursor implements AutoCloseable {
        private final RocksIterator iterator;
        private final byte[] end;
        private final Runnable over;
        private byte[] key = STATE_KEY;
        private byte[] value = {};
        private long hash;

        private Cursor(RocksIterator iterator, byte[] from, byte[] end, Runnable over) {
            this.iterator = iterator;
            this.end = end;
            this.over = over;
            iterator.seek(from);
        }

        boolean valid() throws IOException {
            if (iterator.isValid()) {
                key = iterator.key();
                value = iterator.value();
                return end.length == 0 || Arrays.compareUnsigned(key, end) < 0;
            }
            try {
                iterator.status();
                return false;
            } catch (RocksDBException e) {
                throw new IOException("cannot read the state: " + e.getMessage(), e);
            }
        }

        /** Where {@link #valid} found something. */
        byte[] key() {
            return key;
        }

        byte[] value() {
            return value;
        }

        void next() {
            hash += StateStore.hash(key, value);
            iterator.next();
        }

        /** The state hash, once at the end. */
        long hash() {
            return hash;
        }

        @Override
        public void close() {
            iterator.close();
            over.run();
        }
    }
}
