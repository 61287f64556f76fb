package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.RestoreStep;
import io.gemel.consistency.wire.StoredRecord;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final ServiceId OTHER = ServiceId.of("other");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);
    private static final Instance B = Instance.persistent("10.0.0.2", 80).withWeight(2);
    private static final Instance C = Instance.persistent("10.0.0.3", 80);

    @TempDir
    Path directory;

    private Replica replica;
    private long index;

    @BeforeEach
    void open() throws Exception {
        replica = new Replica(directory.resolve("state"));
    }

    @AfterEach
    void close() {
        replica.close();
    }

    /** What a backup of A and B of orders holds, where they had revision 7. */
    private static List<StoredRecord> backup() {
        List<StoredRecord> records = new ArrayList<>();
        Replica.effects(new Change.Register(ORDERS, List.of(A, B), Publisher.NONE), 7)
                .forEach(effect -> records.add(StoredRecord.newBuilder()
                        .setKey(effect.storeKey())
                        .setValue(effect.value().orElseThrow())
                        .build()));
        return records;
    }

    @Test
    void whatWasStagedTakesThePlaceOfAllThatWasThere() throws Exception {
        write(new Change.Register(ORDERS, List.of(A, C), Publisher.NONE));
        write(new Change.Register(OTHER, List.of(C), Publisher.NONE));
        long content = content();
        begin("x");
        stage("x", backup().subList(0, 1));
        stage("x", backup().subList(1, 2));
        assertThat(replica.view(ORDERS).instances())
                .as("unseen until it is committed")
                .containsExactly(A, C);

        long at = commit("x", content).join().revision();

        assertThat(at).isEqualTo(index);
        assertThat(replica.view(ORDERS).instances()).containsExactly(A, B);
        assertThat(revisionOfA()).isEqualTo(at);
        assertThat(replica.view(OTHER).instances()).isEmpty();
        long hash = replica.applied().hash();
        replica.restart(); // which walks the state and compares its hash
        assertThat(replica.applied().hash()).isEqualTo(hash);
        assertThat(replica.view(ORDERS).instances()).containsExactly(A, B);
        assertThat(replica.view(OTHER).instances()).isEmpty();
    }

    @Test
    void itDoesNothingIfSomethingWasWrittenMeanwhile() throws Exception {
        write(new Change.Register(ORDERS, List.of(C), Publisher.NONE));
        long content = content();
        begin("x");
        stage("x", backup());
        write(new Change.Register(OTHER, List.of(C), Publisher.NONE));

        assertConflict(commit("x", content), "changed since");
        assertThat(replica.view(ORDERS).instances()).containsExactly(C);
        assertThat(replica.view(OTHER).instances()).containsExactly(C);
    }

    @Test
    void itDoesNothingUnlessAllIsStaged() throws Exception {
        begin("x");
        stage("x", backup().subList(0, 1));

        assertConflict(commit("x", content()), "1 records");
        assertThat(replica.view(ORDERS).instances()).isEmpty();
    }

    @Test
    void everyStepMayBeRepeated() throws Exception {
        long content = content();
        begin("x");
        begin("x");
        stage("x", backup());
        stage("x", backup());
        long first = commit("x", content).join().revision();
        write(new Change.Register(OTHER, List.of(C), Publisher.NONE));
        commit("x", content).join();
        begin("x");

        assertThat(revisionOfA()).isEqualTo(first);
        assertThat(replica.view(OTHER).instances())
                .as("a repetition does not do it again")
                .containsExactly(C);
        try (StoreReading reading = replica.state().store().reading()) {
            assertThat(reading.restored("x")).isEqualTo(first);
        }
    }

    @Test
    void theOneBegunLastForgetsTheOthers() throws Exception {
        long before = replica.applied().hash();
        begin("x");
        stage("x", backup());
        begin("y");

        assertConflict(
                step(RestoreStep.newBuilder()
                        .setId("x")
                        .setStage(RestoreStep.Stage.newBuilder().addAllRecords(backup()))),
                "overtaken by y");
        assertConflict(commit("x", content()), "overtaken by y");
        assertThat(content()).isZero();
        assertThat(before).isZero();
        replica.restart();
        assertThat(content()).isZero();
    }

    @Test
    void whatIsStagedIsInNoBackup() throws Exception {
        write(new Change.Register(OTHER, List.of(C), Publisher.NONE));
        begin("x");
        stage("x", backup());
        try (StoreReading reading = replica.state().store().reading()) {
            assertThat(reading.next(1_000_000)).hasSize(1);
            assertThat(reading.next(1_000_000)).isEmpty();
            assertThat(reading.applied()).isEqualTo(replica.applied());
        }
    }

    @Test
    void aReadingEndsWithTheStoreThatItReads() throws Exception {
        write(new Change.Register(OTHER, List.of(C), Publisher.NONE));
        StoreReading reading = replica.state().store().reading();
        replica.restart();
        assertThatThrownBy(() -> reading.next(1)).hasMessageContaining("closed");
        reading.close();
    }

    private long revisionOfA() {
        return replica.view(ORDERS).registrations().stream()
                .filter(registration -> registration.key().equals(A.key()))
                .findFirst()
                .orElseThrow()
                .revision();
    }

    private long content() throws Exception {
        return new Staging(replica.state().store()).contentHash();
    }

    private void write(Change change) {
        replica.apply(++index, change).join();
    }

    private void begin(String id) {
        step(RestoreStep.newBuilder().setId(id).setBegin(RestoreStep.Begin.getDefaultInstance()))
                .join();
    }

    private void stage(String id, List<StoredRecord> records) {
        step(RestoreStep.newBuilder()
                        .setId(id)
                        .setStage(RestoreStep.Stage.newBuilder().addAllRecords(records)))
                .join();
    }

    private CompletableFuture<Written> commit(String id, long ifContent) {
        BackupFile.Tally tally = new BackupFile.Tally();
        backup().forEach(tally::add);
        return step(RestoreStep.newBuilder()
                .setId(id)
                .setCommit(RestoreStep.Commit.newBuilder()
                        .setRecords(tally.records())
                        .setStagedHash(tally.hash())
                        .setIfContentHash(ifContent)));
    }

    private CompletableFuture<Written> step(RestoreStep.Builder step) {
        ByteString command = RaftCommand.newBuilder()
                .setFormat(Restoration.FORMAT)
                .setRestore(step)
                .build()
                .toByteString();
        return replica.apply(++index, List.of(command)).get(0);
    }

    private static void assertConflict(CompletableFuture<Written> outcome, String why) {
        assertThatThrownBy(outcome::join)
                .hasCauseInstanceOf(RegistryException.class)
                .hasMessageContaining(why);
    }
}
