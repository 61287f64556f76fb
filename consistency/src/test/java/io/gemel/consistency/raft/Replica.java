package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.naming.Change;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.Member;
import io.gemel.naming.OperatorState;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** One node's state machine, store and index, fed with log entries by the test instead of JRaft, in one thread. */
final class Replica implements AutoCloseable {
    final ManualLoop loop = new ManualLoop();
    private ServiceIndex index = new ServiceIndex(loop, views -> {});
    final List<Throwable> failures = new ArrayList<>();
    final List<GivenBack> givenBack = new ArrayList<>();
    private final Path directory;
    private final Member self = new Member("s1", "127.0.0.1", 1, 2, 3);
    private AgreedMembers agreed = agreed();
    private RaftState state;
    private RegistryStateMachine machine;

    /** The entries from {@code first} on cannot be applied. */
    record GivenBack(long first, String why) {}

    Replica(Path directory) throws IOException {
        this.directory = directory;
        this.state = open();
        this.machine = machine();
    }

    /** Applies {@code entries} of the log, the first of which is at {@code first}, as one batch. */
    List<CompletableFuture<Written>> apply(long first, List<ByteString> entries) {
        List<List<Call<Decided>>> calls =
                entries.stream().map(entry -> calls(1)).toList();
        machine.onApply(new Batch(first, entries, calls));
        loop.runAll();
        return outcomes(calls);
    }

    /** Applies {@code changes} as the one entry at {@code at}. */
    List<CompletableFuture<Written>> applyTogether(long at, List<Change> changes) {
        List<List<Call<Decided>>> calls = List.of(calls(changes.size()));
        ByteString entry =
                Commands.together(changes.stream().map(Commands::encode).toList());
        machine.onApply(new Batch(at, List.of(entry), calls));
        loop.runAll();
        return outcomes(calls);
    }

    private static List<Call<Decided>> calls(int number) {
        return Stream.generate(() -> new Call<Decided>(0, RegistryException.Code.UNKNOWN_OUTCOME, "late"))
                .limit(number)
                .toList();
    }

    private static List<CompletableFuture<Written>> outcomes(List<List<Call<Decided>>> calls) {
        return calls.stream()
                .flatMap(List::stream)
                .map(call -> call.future().thenApply(Decided::written))
                .toList();
    }

    /** Applies {@code change} alone. */
    CompletableFuture<Written> apply(long at, Change change) {
        return apply(at, List.of(Commands.encode(change))).get(0);
    }

    StateStore.Applied applied() {
        return state.store().applied();
    }

    ServiceView view(ServiceId service) {
        return index.view(service);
    }

    OperatorState operatorState(ServiceId service) {
        return index.operatorState(service);
    }

    /** Which instances checks have found unhealthy, and why. */
    Map<InstanceKey, String> unhealthy(ServiceId service) {
        return index.unhealthy(service);
    }

    /** The list of members that it has agreed on. */
    ClusterMembers members() {
        return agreed.now();
    }

    private AgreedMembers agreed() {
        return new AgreedMembers(new Members(self.id(), List.of(self)), List.of());
    }

    RaftState state() {
        return state;
    }

    /** What {@code change} does as the log entry at {@code at}. */
    static List<Effect> effects(Change change, long at) {
        try {
            return Commands.effects(RaftCommand.parseFrom(Commands.encode(change)), at);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the process and starts it again: what is in memory goes. */
    void restart() throws IOException {
        state.close();
        index = new ServiceIndex(loop, views -> {});
        agreed = agreed();
        state = open();
        machine = machine();
    }

    private RaftState open() throws IOException {
        RaftState opened = RaftState.open(directory, new RaftState.Shown(loop, index, new Published(), agreed));
        loop.runAll();
        return opened;
    }

    private RegistryStateMachine machine() {
        return new RegistryStateMachine(state, new Leadership("s1"), failures::add, applied -> {});
    }

    @Override
    public void close() {
        state.close();
    }

    /** Committed entries, as JRaft hands them over to the leader. */
    private final class Batch implements Iterator {
        private final long first;
        private final List<ByteString> entries;
        private final List<List<Call<Decided>>> calls;
        private int at;

        Batch(long first, List<ByteString> entries, List<List<Call<Decided>>> calls) {
            this.first = first;
            this.entries = entries;
            this.calls = calls;
        }

        @Override
        public ByteBuffer getData() {
            return entries.get(at).asReadOnlyByteBuffer();
        }

        @Override
        public long getIndex() {
            return first + at;
        }

        @Override
        public long getTerm() {
            return 1;
        }

        @Override
        public Closure done() {
            return new Proposal(calls.get(at), () -> {}, () -> {});
        }

        @Override
        public boolean commit() {
            return true;
        }

        @Override
        public void commitAndSnapshotSync(Closure done) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setErrorAndRollback(long ntail, Status status) {
            long from = first + at - (hasNext() ? ntail - 1 : ntail); // as JRaft counts
            givenBack.add(new GivenBack(from, String.valueOf(status.getErrorMsg())));
        }

        @Override
        public void setAutoCommitPerLog(boolean status) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean hasNext() {
            return at < entries.size();
        }

        @Override
        public ByteBuffer next() {
            at++;
            return hasNext() ? getData() : ByteBuffer.allocate(0);
        }
    }
}
