package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.gemel.consistency.wire.RestoreStep;
import io.gemel.consistency.wire.StoredRecord;
import io.gemel.consistency.wire.StoredRestore;
import java.io.IOException;
import java.util.Optional;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Records on their way into the store from a backup: kept in it where readers do not see them, until one log entry puts all of
 * them in place of all that is there.
 *
 * <p>They are part of the state like any other: in its hash and in snapshots, so that any member can go on. Depends on entry and
 * store alone (I5). Confined to the state machine's thread.
 */
final class Staging {
    /** Before what is staged for a key; alone, where it is said how far that is. Sorts before every name. */
    static final byte PREFIX = 31;

    private static final ByteString KEY = ByteString.copyFrom(new byte[] {PREFIX});
    private static final byte[] END = {PREFIX + 1};
    private static final byte[] FIRST_RECORD = {(byte) (MembersCodec.KEY.byteAt(0) + 1)};
    private static final byte[] LAST_RECORD = {(byte) 0xff, (byte) 0xff}; // after all that UTF-8 can be
    private static final int REVISION_FIELD = 2; // of every message that the store holds

    private final StateStore store;

    Staging(StateStore store) {
        this.store = store;
    }

    /**
     * What a step has come to.
     *
     * @param conflict why it did nothing, if so
     * @param swapped whether the records are others now
     */
    record Outcome(Optional<String> conflict, boolean swapped) {
        private static final Outcome DONE = new Outcome(Optional.empty(), false);

        private static Outcome refused(String why) {
            return new Outcome(Optional.of(why), false);
        }
    }

    /** Whether {@code key} is one of staging, which is shown to nobody. */
    static boolean owns(byte[] key) {
        return key[0] == PREFIX;
    }

    /** Applies {@code step}, the log entry at {@code index}. */
    Outcome apply(RestoreStep step, long index) throws IOException {
        StoredRestore known = known();
        boolean current = known.getId().equals(step.getId());
        Outcome outcome = switch (step.getStepCase()) {
            case BEGIN -> current && known.getCommittedAt() > 0 ? Outcome.DONE : begin(step.getId(), index);
            case STAGE ->
                current && known.getCommittedAt() == 0 ? stage(step.getStage(), index) : overtaken(step, known);
            case COMMIT -> current ? commit(step.getCommit(), known, index) : overtaken(step, known);
            case STEP_NOT_SET -> Outcome.refused("a step of a restoration that says nothing");
        };
        if (store.applied().index() < index) {
            store.batch().commit(index);
        }
        return outcome;
    }

    private StoredRestore known() throws IOException {
        Optional<byte[]> stored = store.get(KEY);
        return stored.isPresent() ? StoredRestore.parseFrom(stored.get()) : StoredRestore.getDefaultInstance();
    }

    private static Outcome overtaken(RestoreStep step, StoredRestore known) {
        return Outcome.refused("restoration %s was overtaken by %s".formatted(step.getId(), known.getId()));
    }

    private Outcome begin(String id, long index) throws IOException {
        long hash = store.applied().hash() - staged().hash();
        byte[] now = StoredRestore.newBuilder().setId(id).build().toByteArray();
        try (WriteBatch batch = new WriteBatch()) {
            batch.deleteRange(KEY.toByteArray(), END);
            batch.put(KEY.toByteArray(), now);
            store.restore(batch, index, hash + StateStore.hash(KEY.toByteArray(), now), 0);
        } catch (RocksDBException e) {
            throw new IOException("cannot begin a restoration: " + e.getMessage(), e);
        }
        return Outcome.DONE;
    }

    private Outcome stage(RestoreStep.Stage stage, long index) throws IOException {
        StateStore.Batch batch = store.batch();
        for (StoredRecord entry : stage.getRecordsList()) {
            batch.set(KEY.concat(entry.getKey()), Optional.of(entry.getValue()));
        }
        batch.commit(index);
        return Outcome.DONE;
    }

    private Outcome commit(RestoreStep.Commit commit, StoredRestore known, long index) throws IOException {
        if (known.getCommittedAt() > 0) {
            return Outcome.DONE; // a repetition, whose first answer was lost
        }
        Staged staged = staged();
        if (staged.records() != commit.getRecords() || staged.content() != commit.getStagedHash()) {
            return Outcome.refused("%d records with the hash %x are staged (expected: %d with %x)"
                    .formatted(staged.records(), staged.content(), commit.getRecords(), commit.getStagedHash()));
        }
        if (contentHash() != commit.getIfContentHash()) {
            return Outcome.refused("what is there was changed since it was looked at");
        }
        swap(known, index);
        return new Outcome(Optional.empty(), true);
    }

    /** Everything but the members is deleted, and what was staged put there, at once: the batch is as large as what was staged. */
    private void swap(StoredRestore known, long index) throws IOException {
        byte[] done = known.toBuilder().setCommittedAt(index).build().toByteArray();
        long hash = membersHash() + StateStore.hash(KEY.toByteArray(), done);
        int format = 0;
        try (WriteBatch batch = new WriteBatch();
                StateStore.Cursor staged = store.cursor(KEY.toByteArray(), END)) {
            batch.deleteRange(FIRST_RECORD, LAST_RECORD);
            batch.put(KEY.toByteArray(), done);
            for (; staged.valid(); staged.next()) {
                if (staged.key().length > 1) {
                    byte[] key = ByteString.copyFrom(staged.key()).substring(1).toByteArray();
                    byte[] value = stamped(staged.value(), index);
                    batch.put(key, value);
                    hash += StateStore.hash(key, value);
                    format = Math.max(format, StateStore.formatFor(key, ByteString.copyFrom(value)));
                }
            }
            store.restore(batch, index, hash, format);
        } catch (RocksDBException e) {
            throw new IOException("cannot restore: " + e.getMessage(), e);
        }
    }

    /** What is stored as {@code value} with another revision: its field 2, whatever kind of record it is. */
    private static byte[] stamped(byte[] value, long revision) throws IOException {
        UnknownFieldSet.Field stamp =
                UnknownFieldSet.Field.newBuilder().addVarint(revision).build();
        return UnknownFieldSet.parseFrom(value).toBuilder()
                .clearField(REVISION_FIELD)
                .addField(REVISION_FIELD, stamp)
                .build()
                .toByteArray();
    }

    /** The sum of the hashes of all records that readers see. */
    long contentHash() throws IOException {
        return store.applied().hash() - membersHash() - staged().hash();
    }

    private long membersHash() throws IOException {
        return store.get(MembersCodec.KEY)
                .map(members -> StateStore.hash(MembersCodec.KEY.toByteArray(), members))
                .orElse(0L);
    }

    /**
     * What is staged.
     *
     * @param content the sum of the records' hashes as they are in the backup
     * @param hash what it all adds to the state hash
     */
    private record Staged(long records, long content, long hash) {}

    private Staged staged() throws IOException {
        long records = 0;
        long content = 0;
        try (StateStore.Cursor staged = store.cursor(KEY.toByteArray(), END)) {
            for (; staged.valid(); staged.next()) {
                if (staged.key().length > 1) {
                    records++;
                    byte[] key = ByteString.copyFrom(staged.key()).substring(1).toByteArray();
                    content += StateStore.hash(key, staged.value());
                }
            }
            return new Staged(records, content, staged.hash());
        }
    }
}
