package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.StoreState;
import io.gemel.consistency.wire.StoredRecord;
import io.gemel.naming.Backups;
import io.gemel.naming.Change;
import io.gemel.naming.GuardMode;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** A version that would not understand what is restored stops, as it does at the same thing when it is first written. */
class RestoredFormatTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);
    private static final int SECONDS_MAX = 60;

    @TempDir
    Path directory;

    private final List<Integer> entries = new ArrayList<>();

    @Test
    void whatOperatorsSaidOfTheGuardIsRestoredByEntriesAndIntoAStateThatAnOlderVersionRefuses() throws Exception {
        restore(
                new Change.Register(ORDERS, List.of(A), Publisher.NONE),
                new Change.SetService(
                        ORDERS,
                        Optional.of(ServiceSettings.NONE.withGuard(Optional.of(GuardMode.OFF))),
                        Precondition.NONE));

        assertThat(entries).hasSize(3).containsOnly(8);
        assertThat(stateFormat()).isEqualTo(5);
    }

    @Test
    void anythingElseIsRestoredAlsoByTheFirstVersionThatRestores() throws Exception {
        restore(
                new Change.Register(ORDERS, List.of(A), Publisher.NONE),
                new Change.SetService(
                        ORDERS, Optional.of(ServiceSettings.NONE.withProtectionThreshold(0.5)), Precondition.NONE));

        assertThat(entries).hasSize(3).containsOnly(6);
        assertThat(stateFormat()).isEqualTo(4);
    }

    private void restore(Change... changes) throws Exception {
        RaftConfig config = RaftConfig.of(directory, "test", "127.0.0.1");
        try (StateStore store = StateStore.open(state());
                RaftBackups backups = new RaftBackups(
                        config,
                        new RaftBackups.Registry(
                                "s1",
                                () -> store,
                                level -> CompletableFuture.completedFuture(null),
                                command -> applied(store, command)),
                        InstantSource.system());
                Backups.Restoring restoring = backups.restore(false, false)) {
            restoring.add(backupOf(changes)).get(SECONDS_MAX, TimeUnit.SECONDS);
            restoring.finish().get(SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    private CompletableFuture<Decided> applied(StateStore store, ByteString command) {
        try {
            RaftCommand entry = RaftCommand.parseFrom(command);
            entries.add(entry.getFormat());
            Staging.Outcome outcome = new Staging(store).apply(entry.getRestore(), entries.size());
            return CompletableFuture.completedFuture(new Decided(entries.size(), outcome.conflict()));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static byte[] backupOf(Change... changes) {
        List<StoredRecord> records = new ArrayList<>();
        for (Change change : changes) {
            for (Effect effect : Replica.effects(change, 7)) {
                records.add(StoredRecord.newBuilder()
                        .setKey(effect.storeKey())
                        .setValue(effect.value().orElseThrow())
                        .build());
            }
        }
        records.sort(Comparator.comparing(StoredRecord::getKey, ByteString.unsignedLexicographicalComparator()));
        BackupFile.Writer writer = new BackupFile.Writer();
        return ByteString.copyFrom(writer.header("test", "s1", 7, Instant.EPOCH))
                .concat(ByteString.copyFrom(writer.block(records)))
                .concat(ByteString.copyFrom(writer.footer()))
                .toByteArray();
    }

    private Path state() {
        return directory.resolve("state");
    }

    private int stateFormat() throws Exception {
        try (Options options = new Options();
                RocksDB db = RocksDB.openReadOnly(options, state().toString())) {
            return StoreState.parseFrom(db.get(new byte[] {0})).getFormat();
        }
    }
}
