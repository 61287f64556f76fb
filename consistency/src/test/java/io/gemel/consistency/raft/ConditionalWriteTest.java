package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.OverrideValue;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.SettingsChange;
import io.gemel.consistency.wire.SettingsValue;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.Written;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConditionalWriteTest {
    private static final ServiceId DB = ServiceId.of("db");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);
    private static final Instance B = Instance.persistent("10.0.0.2", 80);

    @TempDir
    Path directory;

    private Replica replica;

    @BeforeEach
    void open() throws Exception {
        replica = new Replica(directory.resolve("state"));
    }

    @AfterEach
    void close() {
        replica.close();
        assertThat(replica.failures).isEmpty();
    }

    @Test
    void aWriteWithTheRevisionThatIsThereIsCarriedOut() {
        assertDone(1, register(Precondition.ABSENT, A));
        assertDone(2, register(Precondition.revision(1), A.withWeight(2)));
        assertThat(instances()).containsExactly(A.withWeight(2));
        assertDone(3, deregister(Precondition.revision(2), A));
        assertThat(instances()).isEmpty();
        assertDone(4, register(Precondition.ABSENT, A));
    }

    @Test
    void aWriteWithAnotherRevisionDoesNothingAndSaysWhatItMet() {
        assertDone(1, register(Precondition.NONE, A));
        long hash = replica.applied().hash();

        assertConflict(
                2,
                register(Precondition.ABSENT, A.withWeight(2)),
                "10.0.0.1:80 of public/DEFAULT_GROUP/db: revision 1 (expected: absent)");
        assertConflict(
                3,
                deregister(Precondition.revision(7), A),
                "10.0.0.1:80 of public/DEFAULT_GROUP/db: revision 1 (expected: revision 7)");
        assertConflict(
                4,
                register(Precondition.revision(1), B),
                "10.0.0.2:80 of public/DEFAULT_GROUP/db: absent (expected: revision 1)");

        assertThat(instances()).containsExactly(A);
        assertThat(replica.applied()).isEqualTo(new StateStore.Applied(4, hash));
    }

    @Test
    void aBatchIsCarriedOutWholeOrNotAtAll() {
        assertDone(1, register(Precondition.NONE, A, B));
        assertDone(2, register(Precondition.NONE, B.withWeight(2)));
        assertConflict(
                3,
                register(Precondition.revision(1), A.withWeight(3), B.withWeight(3)),
                "10.0.0.2:80 of public/DEFAULT_GROUP/db: revision 2 (expected: revision 1)");
        assertThat(instances()).containsExactly(A, B.withWeight(2));

        assertDone(4, register(Precondition.NONE, A, B));
        assertDone(5, register(Precondition.revision(4), A.withWeight(5), B.withWeight(5)));
        assertDone(6, deregister(Precondition.revision(5), A, B));
        assertThat(instances()).isEmpty();
    }

    @Test
    void ofWritesWithOneRevisionTheFirstInTheLogWinsAlsoWithinOneBatchOfEntries() {
        List<CompletableFuture<Written>> answers = replica.apply(
                1,
                List.of(
                        Commands.encode(register(Precondition.ABSENT, A)),
                        Commands.encode(register(Precondition.ABSENT, A.withWeight(2))),
                        Commands.encode(register(Precondition.revision(1), A.withWeight(3))),
                        Commands.encode(register(Precondition.revision(1), A.withWeight(4))),
                        Commands.encode(deregister(Precondition.revision(3), A)),
                        Commands.encode(register(Precondition.ABSENT, A.withWeight(6)))));
        assertThat(answers)
                .extracting(CompletableFuture::isCompletedExceptionally)
                .containsExactly(false, true, false, true, false, false);
        assertThat(instances()).containsExactly(A.withWeight(6));
    }

    @Test
    void whatOneEntryNamesIsJudgedByTheStateBeforeIt() {
        assertDone(1, register(Precondition.NONE, A));
        Change twice = new Change.Deregister(
                DB, List.of(A.key(), A.key()), Durability.PERSISTENT, Publisher.NONE, Precondition.revision(1));
        assertDone(2, twice);
    }

    @Test
    void whatOperatorsSetHasRevisionsOfItsOwn() {
        assertDone(1, register(Precondition.NONE, A));
        assertDone(2, override(Precondition.ABSENT, Optional.of(InstanceOverride.NONE.withEnabled(false))));
        assertConflict(
                3,
                override(Precondition.revision(1), Optional.of(InstanceOverride.NONE.withWeight(3))),
                "override for 10.0.0.1:80 of public/DEFAULT_GROUP/db: revision 2 (expected: revision 1)");
        assertThat(instances()).containsExactly(A.withEnabled(false));

        assertDone(4, settings(Precondition.ABSENT, Optional.of(ServiceSettings.NONE.withProtectionThreshold(0.5))));
        assertConflict(
                5,
                settings(Precondition.ABSENT, Optional.empty()),
                "settings of public/DEFAULT_GROUP/db: revision 4 (expected: absent)");
        assertThat(replica.view(DB).protectionThreshold()).isEqualTo(0.5);

        assertDone(6, register(Precondition.revision(1), A.withWeight(7)));
        assertThat(instances()).containsExactly(A.withWeight(7).withEnabled(false));
        assertDone(7, deregister(Precondition.revision(6), A));
        assertThat(replica.operatorState(DB).overrides()).hasSize(1);

        assertDone(8, override(Precondition.revision(2), Optional.empty()));
        assertConflict(
                9,
                override(Precondition.revision(2), Optional.empty()),
                "override for 10.0.0.1:80 of public/DEFAULT_GROUP/db: absent (expected: revision 2)");
        assertDone(10, settings(Precondition.revision(4), Optional.empty()));
        assertThat(replica.operatorState(DB).isEmpty()).isTrue();
        assertThat(replica.applied().hash()).isZero();
    }

    @Test
    void ofTwoOverridesWithOneRevisionTheFirstInTheLogWins() {
        List<CompletableFuture<Written>> answers = replica.apply(
                1,
                List.of(
                        Commands.encode(
                                override(Precondition.ABSENT, Optional.of(InstanceOverride.NONE.withWeight(1)))),
                        Commands.encode(
                                override(Precondition.ABSENT, Optional.of(InstanceOverride.NONE.withWeight(2)))),
                        Commands.encode(
                                override(Precondition.revision(1), Optional.of(InstanceOverride.NONE.withWeight(3)))),
                        Commands.encode(register(Precondition.NONE, A))));
        assertThat(answers)
                .extracting(CompletableFuture::isCompletedExceptionally)
                .containsExactly(false, true, false, false);
        assertThat(instances()).containsExactly(A.withWeight(3));
    }

    @Test
    void whatOperatorsSetIsAnEntryThatOlderMembersRefuse() throws Exception {
        for (Change change : List.of(
                override(Precondition.NONE, Optional.empty()),
                override(Precondition.ABSENT, Optional.of(InstanceOverride.NONE.withWeight(1))),
                settings(Precondition.NONE, Optional.empty()),
                settings(Precondition.ABSENT, Optional.of(ServiceSettings.NONE)))) {
            ByteString entry = Commands.encode(change);
            assertThat(RaftCommand.parseFrom(entry).getFormat()).isEqualTo(4);
            Commands.check(entry);
        }
    }

    @Test
    void aForwardedOverrideOrSettingOutOfRangeIsRefused() throws Exception {
        RaftCommand heavy = RaftCommand.parseFrom(
                Commands.encode(override(Precondition.NONE, Optional.of(InstanceOverride.NONE.withWeight(1)))));
        ByteString tooHeavy = heavy.toBuilder()
                .setOverrides(
                        0,
                        heavy.getOverrides(0).toBuilder()
                                .setOverride(OverrideValue.newBuilder().setWeight(-1)))
                .build()
                .toByteString();
        assertThatThrownBy(() -> Commands.check(tooHeavy)).hasMessageContaining("weight: -1.0");
        ByteString threshold =
                RaftCommand.parseFrom(Commands.encode(settings(Precondition.NONE, Optional.empty()))).toBuilder()
                        .setSettings(SettingsChange.newBuilder()
                                .setSettings(SettingsValue.newBuilder().setProtectionThreshold(2)))
                        .build()
                        .toByteString();
        assertThatThrownBy(() -> Commands.check(threshold)).hasMessageContaining("protection_threshold: 2.0");
    }

    @Test
    void anUnconditionalEntryKeepsTheFormatThatOlderMembersKnow() throws Exception {
        ByteString plain = Commands.encode(register(Precondition.NONE, A));
        ByteString conditional = Commands.encode(register(Precondition.ABSENT, A));
        assertThat(RaftCommand.parseFrom(plain).getFormat()).isEqualTo(1);
        assertThat(RaftCommand.parseFrom(conditional).getFormat()).isEqualTo(2);
        Commands.check(plain);
        Commands.check(conditional);

        ByteString negative = RaftCommand.parseFrom(conditional).toBuilder()
                .setIfRevision(-1)
                .build()
                .toByteString();
        assertThatThrownBy(() -> Commands.check(negative)).isInstanceOf(RegistryException.class);
    }

    private List<Instance> instances() {
        return replica.view(DB).instances();
    }

    private void assertDone(long at, Change change) {
        assertThat(replica.apply(at, change)).isCompletedWithValue(new Written(at));
    }

    private void assertConflict(long at, Change change, String cause) {
        assertThatThrownBy(replica.apply(at, change)::join).cause().satisfies(failure -> {
            assertThat(failure).isInstanceOf(RegistryException.class).hasMessage(cause);
            assertThat(((RegistryException) failure).code()).isEqualTo(RegistryException.Code.REVISION_CONFLICT);
        });
    }

    private static Change register(Precondition precondition, Instance... instances) {
        return new Change.Register(DB, List.of(instances), Publisher.NONE, precondition);
    }

    private static Change deregister(Precondition precondition, Instance... instances) {
        return new Change.Deregister(
                DB,
                List.of(instances).stream().map(Instance::key).toList(),
                Durability.PERSISTENT,
                Publisher.NONE,
                precondition);
    }

    private static Change override(Precondition precondition, Optional<InstanceOverride> override) {
        return new Change.SetOverride(DB, A.key(), override, precondition);
    }

    private static Change settings(Precondition precondition, Optional<ServiceSettings> settings) {
        return new Change.SetService(DB, settings, precondition);
    }
}
