package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.MembersChange;
import io.gemel.consistency.wire.RestoreStep;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log has made of this node: on disk in a {@link StateStore}, the persistent instances and what operators set in the index
 * that serves reads, the members in {@link AgreedMembers}.
 *
 * <p>Confined to JRaft's state machine thread once the group runs. The index follows the store through the naming loop,
 * in order; {@link Published} says how far it has come.
 */
final class RaftState implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RaftState.class);
    private static final int HAND_OVER_MAX = 1_024;

    private final Path directory;
    private final Loop naming;
    private final ServiceIndex index;
    private final Published published;
    private final AgreedMembers members;
    private volatile StateStore store;

    private RaftState(Path directory, StateStore store, Shown shown) {
        this.directory = directory;
        this.store = store;
        this.naming = shown.naming();
        this.index = shown.index();
        this.published = shown.published();
        this.members = shown.members();
    }

    /**
     * Where the state is shown to the rest of this node.
     *
     * @param naming the loop that alone writes {@code index}
     */
    record Shown(Loop naming, ServiceIndex index, Published published, AgreedMembers members) {}

    /** Opens the store in {@code directory} and brings what it is shown in to it; throws {@link IOException} if the store is damaged. */
    static RaftState open(Path directory, Shown shown) throws IOException {
        SnapshotFiles.delete(next(directory));
        if (!Files.exists(directory) && Files.exists(former(directory))) {
            SnapshotFiles.rename(
                    former(directory), directory); // this node ended in replaceBy, and will be given the snapshot again
        }
        SnapshotFiles.delete(former(directory));
        RaftState state = new RaftState(directory, StateStore.open(directory), shown);
        try (StateStore.Cursor all = state.store.cursor()) {
            List<Effect> effects = new ArrayList<>();
            for (; all.valid(); all.next()) {
                state.collect(effects, all.key(), Optional.of(all.value()));
            }
            state.store.verify(all);
            state.show(effects, List.of(), state.store.applied().index());
        }
        shown.members().started(members(state.store.get(MembersCodec.KEY)));
        return state;
    }

    StateStore store() {
        return store;
    }

    /** Applies committed entries, in one write; then shows and acknowledges them. */
    void apply(List<RegistryStateMachine.Entry> entries) throws IOException {
        long from = store.applied().index();
        // After a restart JRaft replays from its last snapshot; what the store already holds must not be applied twice.
        List<RegistryStateMachine.Entry> fresh =
                entries.stream().filter(entry -> entry.index() > from).toList();
        int begin = 0;
        for (int i = 0; i < fresh.size(); i++) {
            if (fresh.get(i).restore().isPresent()) {
                applyTogether(fresh.subList(begin, i));
                restore(fresh.get(i), fresh.get(i).restore().get());
                begin = i + 1;
            }
        }
        applyTogether(fresh.subList(begin, fresh.size()));
    }

    /** A step of a restoration is a write of its own. Of what it puts in place the index gets the difference alone, so watchers see no gap. */
    private void restore(RegistryStateMachine.Entry entry, RestoreStep step) throws IOException {
        try (StateStore.Cursor before = store.past()) {
            Staging.Outcome outcome = new Staging(store).apply(step, entry.index());
            List<Runnable> acknowledgement = List.of(() -> entry.published(outcome.conflict()));
            if (!outcome.swapped()) {
                show(List.of(), acknowledgement, entry.index());
                return;
            }
            LOG.info("restored index={} id={}", entry.index(), step.getId());
            try (StateStore.Cursor after = store.cursor()) {
                showBetween(before, after, acknowledgement, entry.index());
            }
        }
    }

    private void applyTogether(List<RegistryStateMachine.Entry> fresh) throws IOException {
        if (fresh.isEmpty()) {
            return;
        }
        StateStore.Batch batch = store.batch();
        List<Effect> effects = new ArrayList<>();
        List<Runnable> acknowledgements = new ArrayList<>(fresh.size());
        for (RegistryStateMachine.Entry entry : fresh) {
            Optional<String> conflict = entry.members().isPresent()
                    ? changeMembers(batch, entry.members().get(), entry.index())
                    : changeRecords(batch, entry, effects);
            acknowledgements.add(() -> entry.published(conflict));
        }
        long last = fresh.get(fresh.size() - 1).index();
        batch.commit(last);
        if (fresh.stream().anyMatch(entry -> entry.members().isPresent())) {
            members.become(members(store.get(MembersCodec.KEY)));
        }
        show(effects, acknowledgements, last);
    }

    private static Optional<String> changeRecords(
            StateStore.Batch batch, RegistryStateMachine.Entry entry, List<Effect> effects) throws IOException {
        Optional<String> conflict = conflict(batch, entry);
        if (conflict.isEmpty()) {
            for (Effect effect : entry.effects()) {
                if (!outdated(batch, effect)) {
                    batch.set(effect.storeKey(), effect.value());
                    effects.add(effect);
                    forgetHealth(batch, effect, effects);
                }
            }
        }
        return conflict;
    }

    /** Whether {@code effect} is about a registration that is not there any more: judged by the state alone (I5). */
    private static boolean outdated(StateStore.Batch before, Effect effect) throws IOException {
        if (!(effect instanceof Effect.OfHealth health)) {
            return false;
        }
        ByteString instance = StoreKeys.instance(health.service(), health.key());
        return Effect.revision(instance, before.get(instance)) != health.instanceRevision();
    }

    /** What was found of an instance goes with it. */
    private static void forgetHealth(StateStore.Batch batch, Effect effect, List<Effect> effects) throws IOException {
        if (effect instanceof Effect.OfInstance instance && instance.now().isEmpty()) {
            Effect forgotten = Effect.OfHealth.forgotten(instance.service(), instance.key());
            if (batch.get(forgotten.storeKey()).isPresent()) {
                batch.set(forgotten.storeKey(), forgotten.value());
                effects.add(forgotten);
            }
        }
    }

    private static Optional<String> changeMembers(StateStore.Batch batch, MembersChange change, long index)
            throws IOException {
        ClusterMembers before = members(batch.get(MembersCodec.KEY));
        if (before.revision() != change.getIfRevision()) {
            return Optional.of("the list of members has revision %d (expected: %d)"
                    .formatted(before.revision(), change.getIfRevision()));
        }
        ClusterMembers after = MembersCodec.changed(before, change, index);
        batch.set(MembersCodec.KEY, Optional.of(MembersCodec.encode(after).toByteString()));
        return Optional.empty();
    }

    private static ClusterMembers members(Optional<byte[]> stored) throws IOException {
        return stored.isPresent() ? MembersCodec.decode(stored.get()) : ClusterMembers.NONE;
    }

    /** How what is there before {@code entry} differs from its precondition: judged by the state alone (I5), of all records before any is changed. */
    private static Optional<String> conflict(StateStore.Batch before, RegistryStateMachine.Entry entry)
            throws IOException {
        OptionalLong expected = entry.precondition().revision();
        if (expected.isEmpty()) {
            return Optional.empty();
        }
        for (Effect effect : entry.effects()) {
            long present = Effect.revision(effect.storeKey(), before.get(effect.storeKey()));
            if (!entry.precondition().holds(present)) {
                return Optional.of(
                        "%s: %s (expected: %s)".formatted(effect.subject(), text(present), text(expected.getAsLong())));
            }
        }
        return Optional.empty();
    }

    private static String text(long revision) {
        return revision == 0 ? "absent" : "revision " + revision;
    }

    /** Takes over the state in {@code snapshot}; the index gets the difference alone, so watchers see no gap. */
    void replaceBy(Path snapshot) throws IOException {
        Path next = next(directory);
        SnapshotFiles.delete(next);
        SnapshotFiles.link(snapshot, next);
        try (StateStore fresh = StateStore.open(next)) {
            verify(fresh); // before any of it is shown: a snapshot that lacks something would hide it from readers
            showDifference(fresh);
        }
        store.close();
        // Whenever this node ends, a whole state has one of the names: one that is deleted in part would have to be
        // taken for damage.
        SnapshotFiles.rename(directory, former(directory));
        SnapshotFiles.rename(next, directory);
        SnapshotFiles.delete(former(directory));
        store = StateStore.open(directory);
        members.become(members(store.get(MembersCodec.KEY)));
    }

    private static void verify(StateStore store) throws IOException {
        try (StateStore.Cursor all = store.cursor()) {
            while (all.valid()) {
                all.next();
            }
            store.verify(all);
        }
    }

    private void showDifference(StateStore fresh) throws IOException {
        try (StateStore.Cursor before = store.cursor();
                StateStore.Cursor after = fresh.cursor()) {
            showBetween(before, after, List.of(), fresh.applied().index());
        }
    }

    /** Both are sorted, so one walk along both finds what differs, in constant memory. */
    private void showBetween(
            StateStore.Cursor before, StateStore.Cursor after, List<Runnable> acknowledgements, long reached)
            throws IOException {
        List<Effect> effects = new ArrayList<>();
        while (before.valid() || after.valid()) {
            int order = !before.valid() ? 1 : !after.valid() ? -1 : Arrays.compareUnsigned(before.key(), after.key());
            if (order < 0) {
                collect(effects, before.key(), Optional.empty());
                before.next();
            } else if (order > 0) {
                collect(effects, after.key(), Optional.of(after.value()));
                after.next();
            } else {
                if (!Arrays.equals(before.value(), after.value())) {
                    collect(effects, after.key(), Optional.of(after.value()));
                }
                before.next();
                after.next();
            }
        }
        show(effects, acknowledgements, reached);
    }

    private void collect(List<Effect> effects, byte[] key, Optional<byte[]> value) throws IOException {
        if (Arrays.equals(key, MembersCodec.KEY.toByteArray()) || Staging.owns(key)) {
            return;
        }
        Effect effect;
        try {
            effect = Effect.stored(key, value);
        } catch (InvalidProtocolBufferException | RegistryException e) {
            throw new IOException("the state in " + directory + " holds an unreadable record", e);
        }
        // Between two services only: what is shown of one is what it was or what it is to be, and nothing between.
        if (effects.size() >= HAND_OVER_MAX
                && !effect.service().equals(effects.get(effects.size() - 1).service())) {
            show(List.copyOf(effects), List.of(), 0);
            effects.clear();
        }
        effects.add(effect);
    }

    /** A committed entry is never refused (I7): if the naming loop is busy, applying waits. */
    private void show(List<Effect> effects, List<Runnable> acknowledgements, long reached) {
        try {
            naming.executeOrWait(() -> {
                effects.forEach(effect -> effect.show(index));
                naming.afterTurn(() -> {
                    published.advance(reached);
                    acknowledgements.forEach(Runnable::run);
                });
            });
        } catch (RegistryException over) {
            LOG.debug("entries applied after the end of the naming loop, up to index={}", reached);
        }
    }

    @Override
    public void close() {
        store.close();
    }

    private static Path next(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".next");
    }

    private static Path former(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".former");
    }
}
