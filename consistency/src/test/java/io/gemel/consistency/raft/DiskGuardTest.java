package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.RaftOutter.EntryMeta;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Publisher;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Readiness;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskGuardTest {
    private static final long FLOOR = 1_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final RaftConfig.Storage FULL =
            new RaftConfig.Storage(Duration.ofHours(1), 64L << 20, 64L << 20, Long.MAX_VALUE / 4);
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);

    @TempDir
    Path directory;

    private final AtomicLong now = new AtomicLong();
    private final AtomicLong free = new AtomicLong(2 * FLOOR);
    private final Readiness readiness = new Readiness();

    @Test
    void writesAreRefusedBelowTheFloorAndTakenAgainByThemselves() {
        DiskGuard guard = guard();
        assertThat(look(guard)).isFalse();
        assertThat(guard.refusal()).isEmpty();
        guard.require();

        free.set(FLOOR - 1);
        assertThat(look(guard)).as("it has become low").isTrue();
        assertThat(look(guard)).as("it was low before").isFalse();
        assertThat(guard.refusal().orElseThrow().code()).isEqualTo(RegistryException.Code.DISK_LOW);
        assertThatThrownBy(guard::require).isInstanceOf(RegistryException.class);
        assertThat(readiness.reason()).startsWith("disk: only").contains(directory.toString());
        assertThat(readiness.ready()).as("what is there is served").isTrue();

        free.set(FLOOR);
        assertThat(look(guard)).isFalse();
        assertThat(guard.refusal()).as("a little more must be free").isPresent();
        free.set(2 * FLOOR);
        assertThat(look(guard)).isFalse();
        assertThat(guard.refusal()).isEmpty();
        assertThat(readiness.reason()).isEmpty();
    }

    @Test
    void aFollowerTakesNothingMoreBelowHalfOfTheFloorButKnowsItsLeader() {
        DiskGuard guard = guard();
        free.set(FLOOR / 2);
        look(guard);
        assertThat(guard.answer(append(1))).isEmpty();
        free.set(FLOOR / 2 - 1);
        look(guard);
        assertThat(guard.answer(append(1))).isPresent();
        assertThat(guard.answer(append(0))).as("a heartbeat").isEmpty();
    }

    @Test
    void whatCannotBeAskedIsNotLow() {
        DiskGuard guard = new DiskGuard(
                directory,
                FLOOR,
                () -> {
                    throw new IOException("no such disk");
                },
                now::get);
        assertThat(look(guard)).isFalse();
        assertThat(guard.refusal()).isEmpty();
    }

    @Test
    void aNodeOnAFullDiskRefusesWritesAndServesReads() throws Exception {
        try (TestGroup group = new TestGroup(1, directory, FULL)) {
            TestNode node = group.nodes.get(0).start();
            group.awaitReady();
            Change change = new Change.Register(ORDERS, List.of(A), Publisher.NONE);
            await().untilAsserted(() -> assertThatThrownBy(() -> node.write(change))
                    .hasCauseInstanceOf(RegistryException.class)
                    .hasMessageContaining("are free on the disk of"));
            assertThat(node.read(ORDERS, ReadLevel.LINEARIZABLE)).isNotNull();
            assertThat(node.reason()).contains("disk: only");
            assertThat(node.failures).isEmpty();
        }
    }

    @Test
    void aFollowerOnAFullDiskKeepsWhatItHasWhileTheOthersGoOnAndCatchesUpLater() throws Exception {
        try (TestGroup group = TestGroup.started(3, directory)) {
            group.leader().register(ORDERS, A);
            group.assertConverged();
            TestNode normal = group.follower();
            Members members = new Members(
                    normal.id(), group.nodes.stream().map(TestNode::self).toList());
            normal.close();
            try (TestNode full = new TestNode(members, directory.resolve(normal.id()), FULL).start()) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(full.reason()).contains("disk: only"));
                long had = full.raft().status().logIndex();
                for (int i = 0; i < 5; i++) {
                    group.leader().register(ServiceId.of("more" + i), A);
                }
                assertThat(full.raft().status().logIndex()).isLessThanOrEqualTo(had + 1);
                assertThat(full.local(ServiceId.of("more4"))).isEmpty();
                assertThat(full.local(ORDERS)).containsExactly(A);
                assertThat(full.failures).isEmpty();
            }
            normal.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(normal.local(ServiceId.of("more4"))).containsExactly(A));
            group.assertConverged();
        }
    }

    private DiskGuard guard() {
        return new DiskGuard(directory, FLOOR, free::get, now::get);
    }

    private boolean look(DiskGuard guard) {
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(guard.due()).isTrue();
        assertThat(guard.due()).as("once").isFalse();
        return guard.look(readiness);
    }

    private static AppendEntriesRequest append(int entries) {
        AppendEntriesRequest.Builder request = AppendEntriesRequest.newBuilder()
                .setGroupId("g")
                .setServerId("s1")
                .setPeerId("s2")
                .setTerm(1)
                .setPrevLogTerm(0)
                .setPrevLogIndex(0)
                .setCommittedIndex(0);
        for (int i = 0; i < entries; i++) {
            request.addEntries(EntryMeta.newBuilder().setTerm(1).setType(EntryType.ENTRY_TYPE_DATA));
        }
        return request.build();
    }
}
