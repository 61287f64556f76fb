package io.gemel.consistency.raft;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import io.grpc.Context;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftConsistencyTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80).withMetadata("zone", "a");
    private static final Instance B = Instance.persistent("10.0.0.2", 80);
    private static final Instance C = Instance.persistent("10.0.0.3", 80);

    @TempDir
    Path directory;

    @Test
    void aLoneNodeLeadsAtOnceAndKeepsWhatItAcknowledged() throws Exception {
        try (TestGroup group = TestGroup.started(1, directory)) {
            TestNode node = group.nodes.get(0);
            await().until(() ->
                    node.raft().membership().members().revision() > 0); // the last that a new node writes by itself
            long revision = node.register(ORDERS, A, B);
            assertThat(node.local(ORDERS)).containsExactly(A, B);
            String hash = node.raft().status().stateHash();

            node.close();
            node.start();
            assertThat(node.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(A, B);
            assertThat(node.raft().status().appliedIndex()).isEqualTo(revision);
            assertThat(node.raft().status().stateHash()).isEqualTo(hash);
        }
    }

    @Test
    void anyNodeTakesWritesAndAcknowledgesOnlyWhatItsOwnReadsShow() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode leader = group.leader();
            TestNode follower = group.follower();

            long first = leader.register(ORDERS, A);
            assertThat(leader.local(ORDERS)).containsExactly(A);
            assertThat(follower.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(A);

            long second = follower.register(ORDERS, B);
            assertThat(follower.local(ORDERS)).containsExactly(A, B);
            assertThat(second).isGreaterThan(first);
            assertThat(leader.read(ORDERS, ReadLevel.atLeast(second))).containsExactly(A, B);

            Change gone = new Change.Deregister(ORDERS, List.of(A.key()), Durability.PERSISTENT, Publisher.NONE);
            follower.write(gone);
            assertThat(leader.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(B);
            group.assertConverged();
        }
    }

    @Test
    void ofConditionalWritesThroughAllNodesOneWinsAndTheLosersNodeShowsWhyItLost() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            long revision = group.follower().register(ORDERS, A);
            for (TestNode winner : group.nodes) {
                Instance next = A.withMetadata("by", winner.id());
                revision = winner.write(onlyAt(revision, next));
                for (TestNode loser : group.nodes) {
                    assertThatThrownBy(() -> loser.write(onlyAt(1, A)))
                            .hasCauseInstanceOf(RegistryException.class)
                            .satisfies(failure ->
                                    assertThat(code(failure)).isEqualTo(RegistryException.Code.REVISION_CONFLICT))
                            .hasMessageContaining("revision " + revision + " (expected: revision 1)");
                    assertThat(loser.local(ORDERS)).containsExactly(next);
                }
            }
            group.assertConverged();
        }
    }

    @Test
    void ofManyWritesAtOnceThroughAllNodesEachIsAnsweredAndNoRevisionOfAnInstanceIsGivenTwice() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader();
            Map<InstanceKey, List<CompletableFuture<Written>>> writes = new HashMap<>();
            for (int i = 0; i < 600; i++) {
                Instance instance = Instance.persistent("10.0.0." + i % 100, 80).withWeight(i);
                Change change = new Change.Register(ORDERS, List.of(instance), Publisher.NONE);
                writes.computeIfAbsent(instance.key(), key -> new ArrayList<>())
                        .add(group.nodes.get(i % 3).raft().write(change));
            }
            for (List<CompletableFuture<Written>> ofOne : writes.values()) {
                List<Written> revisions = new ArrayList<>();
                for (CompletableFuture<Written> write : ofOne) {
                    revisions.add(write.get(20, TimeUnit.SECONDS));
                }
                assertThat(revisions).doesNotHaveDuplicates();
            }
            group.assertConverged();
        }
    }

    /** The writes of others may be in the same message. */
    @Test
    void aWriteOutlivesTheCallThatBroughtIt() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader();
            Change change = new Change.Register(ORDERS, List.of(A), Publisher.NONE);
            List<CompletableFuture<Written>> writes = new ArrayList<>();
            Context.CancellableContext call = Context.ROOT.withCancellation();
            call.run(() -> writes.add(group.follower().raft().write(change)));
            call.cancel(null);
            assertThat(writes.get(0)).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void writesGoOnWithoutTheLeaderAndItCatchesUpWhenItReturns() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode old = group.leader();
            old.register(ORDERS, A);
            old.close();

            TestNode survivor =
                    group.nodes.stream().filter(TestNode::up).findFirst().orElseThrow();
            survivor.register(ORDERS, B);
            assertThat(survivor.local(ORDERS)).containsExactly(A, B);

            old.start();
            group.awaitReady();
            assertThat(old.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(A, B);
            old.register(ORDERS, C);
            group.assertConverged();
        }
    }

    @Test
    void aFullRestartKeepsEverythingAndTheStatesAgree() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            for (int i = 0; i < 100; i++) {
                group.nodes.get(i % 3).register(ServiceId.of("s" + i % 7), Instance.persistent("10.0.1." + i, 80));
            }
            group.assertConverged();
            String before = group.leader().raft().status().stateHash();

            group.nodes.forEach(TestNode::close);
            group.nodes.forEach(TestNode::start);
            group.awaitReady();
            group.assertConverged();
            assertThat(group.leader().raft().status().stateHash()).isEqualTo(before);
            group.follower().register(ORDERS, A);
            group.assertConverged();
        }
    }

    @Test
    void aMinorityNeverAnswersALinearizableReadAndSaysSoInTime() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode last = group.leader();
            last.register(ORDERS, A);
            group.nodes.stream().filter(node -> node != last).forEach(TestNode::close);

            assertThatThrownBy(() -> last.read(ORDERS, ReadLevel.LINEARIZABLE))
                    .hasCauseInstanceOf(RegistryException.class)
                    .satisfies(failure -> assertThat(code(failure)).isEqualTo(RegistryException.Code.NO_LEADER));
            Change late = new Change.Register(ORDERS, List.of(B), Publisher.NONE);
            assertThatThrownBy(() -> last.write(late))
                    .satisfies(failure -> assertThat(code(failure))
                            .isIn(RegistryException.Code.NO_LEADER, RegistryException.Code.UNKNOWN_OUTCOME));
            assertThat(last.read(ORDERS, ReadLevel.LOCAL)).containsExactly(A);
        }
    }

    @Test
    void readsOfAllNodesAtOnceShowWhatWasAcknowledgedBefore() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader();
            for (int i = 1; i <= 60; i++) {
                Instance newest = A.withWeight(i);
                group.nodes.get(i % 3).register(ORDERS, newest);
                List<CompletableFuture<Void>> reads = new ArrayList<>();
                for (TestNode node : group.nodes) {
                    for (int n = 0; n < 10; n++) {
                        reads.add(node.raft()
                                .readable(ReadLevel.LINEARIZABLE)
                                .thenRun(() -> assertThat(node.local(ORDERS)).containsExactly(newest)));
                    }
                }
                for (CompletableFuture<Void> read : reads) {
                    read.get(10, TimeUnit.SECONDS);
                }
            }
            group.assertConverged();
        }
    }

    /** An election adds to the log an entry of JRaft's own, which no state counts. */
    @Test
    void aFollowerAnswersReadsThoughTheNewestEntryChangesNothing() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader().register(ORDERS, A);
            group.nodes.forEach(TestNode::close);
            group.nodes.forEach(TestNode::start);
            for (TestNode node : List.of(group.follower(), group.leader())) {
                assertThat(node.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(A);
            }
        }
    }

    @Test
    void aFollowerThatCannotAskTheLeaderAnswersNothingThatIsStale() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            TestNode leader = group.leader();
            TestNode follower = group.follower();
            leader.register(ORDERS, A);
            assertThat(follower.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(A);

            leader.closeServerPort();
            leader.register(ORDERS, A, B);
            try {
                assertThat(follower.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(A, B);
                assertThat(leader.leads())
                        .as("only another leader can have answered")
                        .isFalse();
            } catch (ExecutionException e) {
                assertThat(code(e)).isEqualTo(RegistryException.Code.NO_LEADER);
            }
            assertThat(leader.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(A, B);
        }
    }

    @Test
    void aNodeThatMissedTheLogIsSentASnapshotAndItsWatchersSeeTheDifferenceAlone() throws Exception {
        try (TestGroup group = new TestGroup(3, directory, Duration.ofSeconds(1))) {
            group.nodes.forEach(TestNode::start);
            group.awaitReady();
            group.leader().register(ORDERS, A, B);
            TestNode behind = group.follower();
            behind.read(ORDERS, ReadLevel.LINEARIZABLE);
            behind.close();

            TestNode leader = group.leader();
            Change gone = new Change.Deregister(ORDERS, List.of(A.key()), Durability.PERSISTENT, Publisher.NONE);
            leader.write(gone);
            // A log is cut at the snapshot before the last, so this one node's log is behind after two of them.
            for (int i = 0; i < 3; i++) {
                int n = i;
                leader.register(ServiceId.of("more" + n), C);
                Path snapshots = directory.resolve(leader.id()).resolve("raft/snapshot");
                long applied = leader.raft().status().appliedIndex();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> snapshots
                                .resolve("snapshot_" + applied)
                                .toFile()
                                .exists());
            }
            behind.start();
            group.awaitReady();
            assertThat(behind.read(ORDERS, ReadLevel.LINEARIZABLE)).containsExactly(B);
            assertThat(behind.local(ServiceId.of("more2"))).containsExactly(C);
            group.assertConverged();
        }
    }

    @Test
    void anEntryTooLargeForTheLogIsRefusedBeforeItIsProposed() throws Exception {
        try (TestGroup group = TestGroup.started(1, directory)) {
            Instance[] many = new Instance[100];
            for (int i = 0; i < many.length; i++) {
                many[i] = Instance.persistent("10.0.0." + i, 80).withMetadata("k", "x".repeat(16_000));
            }
            assertThatThrownBy(() -> group.nodes.get(0).register(ORDERS, many))
                    .satisfies(failure -> assertThat(code(failure)).isEqualTo(RegistryException.Code.BAD_REQUEST));
        }
    }

    private static Change onlyAt(long revision, Instance instance) {
        return new Change.Register(ORDERS, List.of(instance), Publisher.NONE, Precondition.revision(revision));
    }

    private static RegistryException.Code code(Throwable failure) {
        return ((RegistryException) requireNonNull(failure.getCause())).code();
    }
}
