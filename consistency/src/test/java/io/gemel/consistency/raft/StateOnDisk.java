package io.gemel.consistency.raft;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Member;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ThreadLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a node does to its disk when it takes over a snapshot, step by step, for tests that take the power of that disk. */
public final class StateOnDisk {
    private static final int ENTRIES = 400;
    private static final Instance INSTANCE = Instance.persistent("10.0.0.1", 80);
    private static final Member SELF = new Member("s1", "127.0.0.1", 1, 2, 3);

    private StateOnDisk() {}

    /** Fills {@code to} with the files of {@code from}, as the first step does. */
    public static void link(Path from, Path to) throws IOException {
        SnapshotFiles.link(from, to);
    }

    /** Gives {@code from} the name {@code to}, as the last step does. */
    public static void rename(Path from, Path to) throws IOException {
        SnapshotFiles.rename(from, to);
    }

    /** Makes a snapshot below {@code directory} and all that it takes for a state there, which had less, to become it; says how far that is. */
    public static String takeOver(Path directory) throws IOException {
        Path snapshot = directory.resolve("snapshot");
        try (StateStore leader = StateStore.open(directory.resolve("leader"))) {
            write(leader, ENTRIES);
            leader.checkpoint(snapshot);
        }
        try (StateStore behind = StateStore.open(state(directory))) {
            write(behind, 1);
        }
        return with(directory, state -> {
            state.replaceBy(snapshot);
            return String.valueOf(state.store().applied());
        });
    }

    /** Opens the state that {@link #takeOver} left, looks through it, and says how far it is. */
    public static String opened(Path directory) throws IOException {
        return with(directory, state -> String.valueOf(state.store().applied()));
    }

    private interface Use {
        String of(RaftState state) throws IOException;
    }

    private static String with(Path directory, Use use) throws IOException {
        ThreadLoop loop = new ThreadLoop("naming", 1_000, System::nanoTime, failure -> {});
        AgreedMembers members = new AgreedMembers(new Members(SELF.id(), List.of(SELF)), List.of());
        try (RaftState state = RaftState.open(
                state(directory),
                new RaftState.Shown(loop, new ServiceIndex(loop, views -> {}), new Published(), members))) {
            return use.of(state);
        } finally {
            loop.close();
        }
    }

    private static Path state(Path directory) {
        return directory.resolve("state");
    }

    private static void write(StateStore store, int entries) throws IOException {
        for (int index = 1; index <= entries; index++) {
            StateStore.Batch batch = store.batch();
            Change change = new Change.Register(ServiceId.of("service-" + index), List.of(INSTANCE), Publisher.NONE);
            Commands.effects(RaftCommand.parseFrom(Commands.encode(change)), index)
                    .forEach(effect -> batch.set(effect.storeKey(), effect.value()));
            batch.commit(index);
        }
    }
}
