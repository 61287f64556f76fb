package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoreTest {
    private static final ServiceId ORDERS = new ServiceId("ns", "g", "orders");
    private static final Instance A =
            Instance.persistent("2001:db8::1", 80).withCluster("zone-1").withMetadata("k", "v");
    private static final Instance B =
            Instance.persistent("10.0.0.2", 81).withWeight(2.5).withEnabled(false);

    @TempDir
    Path directory;

    @Test
    void whatIsStoredIsReadBack() throws Exception {
        for (Commands.Effect effect : effects(register(A, B), 7)) {
            Commands.Effect found = Commands.stored(
                    effect.storeKey().toByteArray(), effect.value().map(ByteString::toByteArray));
            assertThat(found).isEqualTo(effect);
            assertThat(found.now().orElseThrow().revision()).isEqualTo(7);
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

    private static Change register(Instance... instances) {
        return new Change.Register(ORDERS, List.of(instances), Publisher.NONE);
    }

    private static List<Commands.Effect> effects(Change change, long index) throws Exception {
        return Commands.effects(RaftCommand.parseFrom(Commands.encode(change)), index);
    }

    private static void write(StateStore store, long index, List<Commands.Effect> effects) throws Exception {
        StateStore.Batch batch = store.batch();
        for (Commands.Effect effect : effects) {
            Optional<ByteString> value = effect.value();
            batch.set(effect.storeKey(), value);
        }
        batch.commit(index);
    }
}
