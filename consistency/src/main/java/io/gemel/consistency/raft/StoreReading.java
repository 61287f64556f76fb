package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.StoreState;
import io.gemel.consistency.wire.StoredRecord;
import io.gemel.consistency.wire.StoredRestore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/**
 * What the store held at one log index, in key order, for a thread other than the one that writes it: all but what is of this
 * cluster alone, which are its members and what is staged.
 *
 * <p>The store may be replaced under it: then it ends with an {@link IOException}. Thread-safe.
 */
final class StoreReading implements AutoCloseable {
    private final RocksDB db;
    private final Snapshot snapshot;
    private final ReadOptions options;
    private final RocksIterator iterator;
    private final StateStore.Applied applied;
    private boolean ended;

    /** Reads what {@code db} holds now; {@code stateKey} is where it says how far it is. */
    StoreReading(RocksDB db, byte[] stateKey) throws RocksDBException, IOException {
        this.db = db;
        this.snapshot = db.getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot).setFillCache(false);
        byte[] state = db.get(options, stateKey);
        StoreState found = state == null ? StoreState.getDefaultInstance() : StoreState.parseFrom(state);
        this.applied = new StateStore.Applied(found.getAppliedIndex(), found.getStateHash());
        this.iterator = db.newIterator(options);
        iterator.seek(new byte[] {(byte) (MembersCodec.KEY.byteAt(0) + 1)});
    }

    /** The log index whose state this is. */
    StateStore.Applied applied() {
        return applied;
    }

    /** The next records, of some {@code bytes} together, at least one; none at the end. */
    synchronized List<StoredRecord> next(int bytes) throws IOException {
        List<StoredRecord> records = new ArrayList<>();
        long taken = 0;
        while (taken < bytes && valid()) {
            byte[] key = iterator.key();
            if (key[0] == Staging.PREFIX) {
                iterator.seek(new byte[] {Staging.PREFIX + 1});
                continue;
            }
            byte[] value = iterator.value();
            records.add(StoredRecord.newBuilder()
                    .setKey(ByteString.copyFrom(key))
                    .setValue(ByteString.copyFrom(value))
                    .build());
            taken += key.length + value.length;
            iterator.next();
        }
        return records;
    }

    /** The log index at which the restoration {@code id} was committed; 0 if it is not, or not the last one. */
    synchronized long restored(String id) throws IOException {
        check();
        try {
            byte[] stored = db.get(options, new byte[] {Staging.PREFIX});
            StoredRestore found = stored == null ? StoredRestore.getDefaultInstance() : StoredRestore.parseFrom(stored);
            return found.getId().equals(id) ? found.getCommittedAt() : 0;
        } catch (RocksDBException e) {
            throw new IOException("cannot read the state: " + e.getMessage(), e);
        }
    }

    private boolean valid() throws IOException {
        check();
        if (iterator.isValid()) {
            return true;
        }
        try {
            iterator.status();
            return false;
        } catch (RocksDBException e) {
            throw new IOException("cannot read the state: " + e.getMessage(), e);
        }
    }

    private void check() throws IOException {
        if (ended) {
            throw new IOException("the state was closed, or replaced by a snapshot of the leader, meanwhile");
        }
    }

    synchronized boolean ended() {
        return ended;
    }

    /** May be called again. */
    @Override
    public synchronized void close() {
        if (!ended) {
            ended = true;
            iterator.close();
            options.close();
            db.releaseSnapshot(snapshot);
        }
    }
}
