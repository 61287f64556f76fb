package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node could not apply, JRaft must not take for applied: it lets linearizable reads go by that. */
class UnappliedEntriesTest {
    private static final ServiceId DB = ServiceId.of("db");

    @TempDir
    Path directory;

    @Test
    void allEntriesThatAreNotInTheStoreAreGivenBack() throws Exception {
        ByteString ofANewerVersion =
                RaftCommand.newBuilder().setFormat(Commands.FORMAT + 1).build().toByteString();
        try (Replica replica = new Replica(directory.resolve("state"))) {
            replica.apply(1, List.of(register(1)));
            List<CompletableFuture<Written>> writes =
                    replica.apply(2, List.of(register(2), register(3), ofANewerVersion, register(4)));

            assertThat(replica.applied().index()).isEqualTo(1);
            assertThat(replica.givenBack)
                    .singleElement()
                    .satisfies(back -> assertThat(back.first()).isEqualTo(2));
            assertThat(writes).noneMatch(CompletableFuture::isDone); // JRaft ends what is given back
        }
    }

    private static ByteString register(int host) {
        Instance instance = Instance.persistent("10.0.0." + host, 80);
        return Commands.encode(new Change.Register(DB, List.of(instance), Publisher.NONE, Precondition.NONE));
    }
}
