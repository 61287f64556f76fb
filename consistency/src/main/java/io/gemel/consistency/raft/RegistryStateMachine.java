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
import io.gemel.consistency.wire.RestoreStep;
import io.gemel.naming.Precondition;
import io.gemel.naming.RegistryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
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
     * A command of a committed entry on its way into the store and the index.
     *
     * @param effects what it does if {@code precondition} holds for each of them
     * @param members how it changes the list of members instead, if it does
     * @param restore which step of a restoration it is instead, if it is one
     * @param told what became of it, once that is visible
     */
    record Entry(
            long index,
            Precondition precondition,
            List<Effect> effects,
            Optional<MembersChange> members,
            Optional<RestoreStep> restore,
            Consumer<Decided> told) {
        void published(Optional<String> conflict) {
            told.accept(new Decided(index, conflict));
        }
    }

    @Override
    public void onApply(Iterator entries) {
        List<Entry> batch = new ArrayList<>();
        long last = 0;
        try {
            while (entries.hasNext()) {
                last = entries.getIndex();
                Closure done = entries.done();
                if (done instanceof Proposal proposal) {
                    proposal.committed();
                    batch.addAll(commands(last, entries.getData(), proposal::published));
                } else {
                    batch.addAll(commands(last, entries.getData(), (position, decided) -> {}));
                }
                if (batch.size() >= BATCH_MAX) {
                    state.apply(batch);
                    batch = new ArrayList<>();
                }
                entries.next();
            }
            state.apply(batch);
            applied.accept(last);
        } catch (IOException e) {
            // What is not in the store is not applied, or JRaft would let reads see it, and tell no proposer.
            long missing = Math.max(1, last - state.store().applied().index());
            entries.setErrorAndRollback(
                    missing, new Status(RaftError.ESTATEMACHINE, "%s", String.valueOf(e.getMessage())));
        }
    }

    /** Told what became of an entry's command, by its position in the entry. */
    @FunctionalInterface
    private interface Decisions {
        void decided(int position, Decided decided);
    }

    /** The commands of the entry at {@code index}, as a rule one; all of them are applied in one write. */
    private static List<Entry> commands(long index, ByteBuffer data, Decisions told) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try {
            for (RaftCommand command : Commands.apart(data)) {
                int position = entries.size();
                entries.add(entry(index, command, decided -> told.decided(position, decided)));
            }
            return entries;
        } catch (InvalidProtocolBufferException e) {
            return List.of(skipped(index, e, decided -> {}));
        }
    }

    private static Entry entry(long index, RaftCommand command, Consumer<Decided> told) throws IOException {
        if (!Commands.known(command)) {
            throw new IOException("log entry " + index + " has format " + command.getFormat() + " (expected: at most "
                    + Commands.FORMAT + "); run the version that the leader runs");
        }
        try {
            return new Entry(
                    index,
                    Commands.precondition(command),
                    Commands.effects(command, index),
                    command.hasMembers() ? Optional.of(command.getMembers()) : Optional.empty(),
                    command.hasRestore() ? Optional.of(command.getRestore()) : Optional.empty(),
                    told);
        } catch (RegistryException e) {
            return skipped(index, e, told);
        }
    }

    /** It was checked when proposed, and it is the same bytes on every member: all of them skip it. */
    private static Entry skipped(long index, Exception cause, Consumer<Decided> told) {
        LOG.error("log entry skipped index={}", index, cause);
        return new Entry(index, Precondition.NONE, List.of(), Optional.empty(), Optional.empty(), told);
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
