package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.OperatorCodec;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.StoreState;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.GuardMode;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.TypedMetadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class StateStoreTest {
    private static final ServiceId ORDERS = new ServiceId("ns", "g", "orders");
    private static final Instance A =
            Instance.persistent("2001:db8::1", 80).withCluster("zone-1").withMetadata("k", "v");
    private static final Instance B =
            Instance.persistent("10.0.0.2", 81).withWeight(2.5).withEnabled(false);

    private static final ServiceSettings GUARDED = ServiceSettings.NONE.withGuard(Optional.of(GuardMode.DRY_RUN));
    private static final ServiceSettings SETTINGS =
            new ServiceSettings(0.75, Map.of("owner", "shop", "tier", "1"), TypedMetadata.of(new byte[] {1, 0, -1}));

    @TempDir
    Path directory;

    @Test
    void whatIsStoredIsReadBack() throws Exception {
        List<Effect> written = new ArrayList<>(effects(register(A, B), 7));
        written.addAll(effects(set(SETTINGS), 7));
        written.addAll(effects(
                set(A, InstanceOverride.NONE.withEnabled(false).withMetadata(Map.of("z", "1", "a", "2"))), 7));
        written.addAll(effects(set(B, InstanceOverride.NONE.withWeight(0)), 7));
        for (Effect effect : written) {
            Effect found = Effect.stored(
                    effect.storeKey().toByteArray(), effect.value().map(ByteString::toByteArray));
            assertThat(found).isEqualTo(effect);
            assertThat(Effect.revision(effect.storeKey(), found.value().map(ByteString::toByteArray)))
                    .isEqualTo(7);
        }
    }

    @Test
    void whatIsRemovedIsReadBackAsGone() throws Exception {
        List<Effect> removed =
                new ArrayList<>(effects(new Change.SetService(ORDERS, Optional.empty(), Precondition.NONE), 7));
        removed.addAll(effects(new Change.SetOverride(ORDERS, A.key(), Optional.empty(), Precondition.NONE), 7));
        for (Effect effect : removed) {
            assertThat(effect.value()).isEmpty();
            assertThat(Effect.stored(effect.storeKey().toByteArray(), Optional.empty()))
                    .isEqualTo(effect);
        }
    }

    @Test
    void aStoreSaysThatAnOlderVersionCannotReadItOnceOperatorsHaveSetSomething() throws Exception {
        Path path = directory.resolve("1");
        try (StateStore store = StateStore.open(path)) {
            write(store, 1, effects(register(A), 1));
        }
        assertThat(formatOf(path)).isEqualTo(1);
        try (StateStore store = StateStore.open(path)) {
            write(store, 2, effects(set(SETTINGS), 2));
            write(store, 3, effects(register(B), 3));
        }
        assertThat(formatOf(path)).isEqualTo(2);
        try (StateStore store = StateStore.open(path)) {
            write(store, 4, effects(register(B), 4));
        }
        assertThat(formatOf(path)).isEqualTo(2);
        try (StateStore store = StateStore.open(path)) {
            write(store, 5, effects(set(GUARDED), 5));
        }
        assertThat(formatOf(path)).isEqualTo(5);
    }

    @Test
    void whatOperatorsSayOfTheGuardIsAnEntryThatAnOlderVersionRefuses() throws Exception {
        RaftCommand command = RaftCommand.parseFrom(Commands.encode(set(GUARDED)));

        assertThat(command.getFormat()).isEqualTo(8);
        assertThat(OperatorCodec.decode(command.getSettings().getSettings())).isEqualTo(GUARDED);
        assertThat(RaftCommand.parseFrom(Commands.encode(set(SETTINGS))).getFormat())
                .isEqualTo(4);
    }

    @Test
    void aStoreOfANewerVersionIsNotOpened() throws Exception {
        Path path = directory.resolve("1");
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB db = RocksDB.open(options, path.toString())) {
            db.put(new byte[] {0}, StoreState.newBuilder().setFormat(6).build().toByteArray());
        }
        assertThatThrownBy(() -> StateStore.open(path))
                .hasMessage("the state has format 6 (expected: 1..5); run the version that wrote it, or a newer one");
        assertThatThrownBy(() -> Effect.stored(new byte[] {31, 'a'}, Optional.empty()))
                .hasMessage("a record of the unknown kind 31");
    }

    private static int formatOf(Path path) throws Exception {
        try (Options options = new Options();
                RocksDB db = RocksDB.openReadOnly(options, path.toString())) {
            return StoreState.parseFrom(db.get(new byte[] {0})).getFormat();
        }
    }

    @Test
    void theHashTellsContentsApartAndForgetsTheOrderInWhichTheyCame() throws Exception {
        try (StateStore one = StateStore.open(directory.resolve("1"));
                StateStore two = StateStore.open(directory.resolve("2"))) {
            assertThat(one.applied()).isEqualTo(StateStore.Applied.NOTHING);
            write(one, 2, effects(register(A), 1));
            long afterA = one.applied().hash();
            write(one, 3, effects(register(B), 1));
            write(two, 2, effects(register(B), 1));
            assertThat(two.applied().hash()).isNotEqualTo(afterA);
            write(two, 3, effects(register(A), 1));
            assertThat(one.applied()).isEqualTo(two.applied());

            Change gone = new Change.Deregister(ORDERS, List.of(B.key()), Durability.PERSISTENT, Publisher.NONE);
            write(one, 4, effects(gone, 4));
            write(one, 5, effects(gone, 5));
            assertThat(one.applied()).isEqualTo(new StateStore.Applied(5, afterA));
        }
    }

    @Test
    void itReopensAtTheIndexItHadAndACheckpointIsTheSame() throws Exception {
        StateStore.Applied applied;
        Path copy = directory.resolve("copy");
        try (StateStore store = StateStore.open(directory.resolve("1"))) {
            write(store, 9, effects(register(A, B), 9));
            applied = store.applied();
            store.checkpoint(copy);
        }
        try (StateStore again = StateStore.open(directory.resolve("1"));
                StateStore other = StateStore.open(copy)) {
            assertThat(again.applied()).isEqualTo(applied);
            assertThat(other.applied()).isEqualTo(applied);
        }
    }

    @Test
    void aCommandOfANewerFormatIsRefusedBeforeItIsProposed() {
        ByteString newer =
                RaftCommand.newBuilder().setFormat(Commands.FORMAT + 1).build().toByteString();
        assertThatThrownBy(() -> Commands.check(newer))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("format " + (Commands.FORMAT + 1));
        assertThatThrownBy(() -> Commands.check(ByteString.copyFromUtf8("garbage")))
                .isInstanceOf(RegistryException.class);
        Commands.check(Commands.encode(register(A)));
    }

    private static Change set(ServiceSettings settings) {
        return new Change.SetService(ORDERS, Optional.of(settings), Precondition.NONE);
    }

    private static Change set(Instance instance, InstanceOverride override) {
        return new Change.SetOverride(ORDERS, instance.key(), Optional.of(override), Precondition.NONE);
    }

    private static Change register(Instance... instances) {
        return new Change.Register(ORDERS, List.of(instances), Publisher.NONE);
    }

    private static List<Effect> effects(Change change, long index) throws Exception {
        return Commands.effects(RaftCommand.parseFrom(Commands.encode(change)), index);
    }

    private static void write(StateStore store, long index, List<Effect> effects) throws Exception {
        StateStore.Batch batch = store.batch();
        for (Effect effect : effects) {
            Optional<ByteString> value = effect.value();
            batch.set(effect.storeKey(), value);
        }
        batch.commit(index);
    }
}
