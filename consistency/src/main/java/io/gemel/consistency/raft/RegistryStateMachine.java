package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.MembersChange;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.naming.Precondition;
import io.gemel.naming.RegistryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the committed log: first to the store, a batch at a time, then, in the naming loop, to the index.
 *
 * <p>JRaft calls it on one thread. What it does depends on the entry and the store alone (I5). It never throws: what it
 * cannot apply as every other member does stops this node, since to go on would be to differ.
 */
final class RegistryStateMachine extends StateMachineAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryStateMachine.class);
    private static final int BATCH_MAX = 512;

    private final RaftState state;
    private final Leadership leadership;
    private final Consumer<Throwable> fatal;
    private final LongConsumer applied;
    private final SnapshotSaver snapshots;

    /** {@code applied} is told the last index of each batch. */
    RegistryStateMachine(RaftState state, Leadership leadership, Consumer<Throwable> fatal, LongConsumer applied) {
        this.state = state;
        this.leadership = leadership;
        this.fatal = fatal;
        this.applied = applied;
        this.snapshots = new SnapshotSaver();
    }

    /**
     * A committed entry on its way into the store and the index.
     *
     * @param effects what it does if {@code precondition} holds for each of them
     * @param members how it changes the list of members instead, if it does
     */
    record Entry(
            long index,
            Precondition precondition,
            List<Effect> effects,
            Optional<MembersChange> members,
            Closure done) {
        void published(Optional<String> conflict) {
            if (done instanceof Proposal proposal) {
                proposal.published(new Decided(index, conflict));
            }
        }
    }

    @Override
    public void onApply(Iterator entries) {
        List<Entry> batch = new ArrayList<>();
        long last = 0;
        try {
            while (entries.hasNext()) {
                last = entries.getIndex();
                batch.add(entry(last, entries.getData(), entries.done()));
                if (batch.size() == BATCH_MAX) {
                    state.apply(batch);
                    batch = new ArrayList<>();
                }
                entries.next();
            }
            state.apply(batch);
            applied.accept(last);
        } catch (IOException e) {
            entries.setErrorAndRollback(1, new Status(RaftError.ESTATEMACHINE, "%s", String.valueOf(e.getMessage())));
            batch.forEach(
                    entry -> entry.done().run(new Status(RaftError.ESTATEMACHINE, "the state cannot be written")));
        }
    }

    private static Entry entry(long index, ByteBuffer data, @Nullable Closure proposed) throws IOException {
        Closure done = proposed == null ? status -> {} : proposed;
        try {
            RaftCommand command = RaftCommand.parseFrom(data.duplicate());
            if (!Commands.known(command)) {
                throw new IOException("log entry " + index + " has format " + command.getFormat()
                        + " (expected: at most " + Commands.FORMAT + "); run the version that the leader runs");
            }
            return new Entry(
                    index,
                    Commands.precondition(command),
                    Commands.effects(command, index),
                    command.hasMembers() ? Optional.of(command.getMembers()) : Optional.empty(),
                    done);
        } catch (InvalidProtocolBufferException | RegistryException e) {
            // It was checked when proposed, and it is the same bytes on every member: all of them skip it.
            LOG.error("log entry skipped index={} bytes={}", index, data.remaining(), e);
            return new Entry(index, Precondition.NONE, List.of(), Optional.empty(), done);
        }
    }

    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        snapshots.save(state.store(), writer, done);
    }

    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        try {
            long index = reader.load().getLastIncludedIndex();
            if (state.store().applied().index() >= index) {
                return true; // after a restart the store is as a rule ahead of the last snapshot
            }
            SnapshotFiles.verify(reader);
            state.replaceBy(SnapshotFiles.directory(reader));
            LOG.info("snapshot loaded index={}", state.store().applied().index());
            return true;
        } catch (IOException e) {
            LOG.error("snapshot not loaded path={}", reader.getPath(), e);
            return false;
        }
    }

    @Override
    public void onLeaderStart(long term) {
        leadership.lead(term);
    }

    @Override
    public void onLeaderStop(Status status) {
        leadership.none();
    }

    @Override
    public void onStartFollowing(LeaderChangeContext context) {
        leadership.follow(context.getTerm(), context.getLeaderId().getIp());
    }

    @Override
    public void onStopFollowing(LeaderChangeContext context) {
        leadership.none();
    }

    @Override
    public void onShutdown() {
        snapshots.close();
    }

    @Override
    public void onError(RaftException failure) {
        fatal.accept(failure);
    }
}
