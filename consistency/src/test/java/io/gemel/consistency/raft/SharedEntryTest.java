package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedEntryTest {
    private static final ServiceId DB = ServiceId.of("db");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);
    private static final Instance B = Instance.persistent("10.0.0.2", 80);
    private static final Instance C = Instance.persistent("10.0.0.3", 80);

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
    }

    @Test
    void eachCommandOfAnEntryIsDoneAndAnsweredWithTheEntrysIndex() throws Exception {
        List<CompletableFuture<Written>> done = replica.applyTogether(7, List.of(register(A), register(B)));
        for (CompletableFuture<Written> each : done) {
            assertThat(each.get()).isEqualTo(new Written(7));
        }
        assertThat(replica.view(DB).registrations())
                .allSatisfy(registration -> assertThat(registration.revision()).isEqualTo(7))
                .hasSize(2);
        assertThat(replica.applied().index()).isEqualTo(7);
    }

    @Test
    void aConflictOfOneCommandIsItsOwn() throws Exception {
        replica.apply(1, register(A)).get();
        Change stale = new Change.Register(DB, List.of(A.withWeight(5)), Publisher.NONE, Precondition.ABSENT);
        List<CompletableFuture<Written>> done = replica.applyTogether(2, List.of(register(B), stale, register(C)));
        done.get(0).get();
        done.get(2).get();
        assertThatThrownBy(() -> done.get(1).get())
                .cause()
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refused -> assertThat(refused.code()).isEqualTo(RegistryException.Code.REVISION_CONFLICT));
        assertThat(replica.view(DB).instances()).containsExactly(A, B, C);
    }

    @Test
    void itMakesTheSameStateAsItsCommandsAloneWould() throws Exception {
        replica.applyTogether(1, List.of(register(A), register(B)));
        long together = replica.applied().hash();
        replica.restart();
        assertThat(replica.applied().hash()).isEqualTo(together);
        try (Replica other = new Replica(directory.resolve("other"))) {
            other.apply(1, new Change.Register(DB, List.of(A, B), Publisher.NONE))
                    .get();
            assertThat(other.applied().hash()).isEqualTo(together);
        }
    }

    @Test
    void aCommandInItThatThisVersionCannotApplyStopsTheNodeBeforeAnyOfItIsApplied() throws Exception {
        ByteString newer =
                RaftCommand.newBuilder().setFormat(Commands.FORMAT + 1).build().toByteString();
        ByteString entry = Commands.together(List.of(Commands.encode(register(A)), newer));
        replica.apply(1, List.of(entry));
        assertThat(replica.givenBack)
                .singleElement()
                .satisfies(back -> assertThat(back.why()).contains("format " + (Commands.FORMAT + 1)));
        assertThat(replica.applied().index()).isZero();
    }

    @Test
    void itIsNotTakenFromAnotherNode() {
        ByteString entry = Commands.together(List.of(Commands.encode(register(A)), Commands.encode(register(B))));
        assertThatThrownBy(() -> Commands.check(entry))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("several commands");
    }

    private static Change register(Instance instance) {
        return new Change.Register(DB, List.of(instance), Publisher.NONE);
    }
}
