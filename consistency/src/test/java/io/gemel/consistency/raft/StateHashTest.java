package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.OperatorState;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** Equal log index, equal state: however the log is cut into batches, and whatever happens to the node in between. */
class StateHashTest {
    private static final int ENTRIES = 400;
    private static final List<ServiceId> SERVICES =
            IntStream.range(0, 5).mapToObj(i -> ServiceId.of("s" + i)).toList();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void batchesRestartsReplaysAndSnapshotsLeaveNoTrace(long seed) throws Exception {
        Random random = new Random(seed);
        List<ByteString> log = IntStream.range(0, ENTRIES)
                .mapToObj(i -> Commands.encode(change(random)))
                .toList();
        List<StateStore.Applied> expected = new ArrayList<>(List.of(StateStore.Applied.NOTHING));
        List<Map<ServiceId, Served>> served = new ArrayList<>(List.of(Map.of()));
        try (Replica oneByOne = new Replica(directory.resolve("one-by-one"))) {
            for (int i = 1; i <= ENTRIES; i++) {
                oneByOne.apply(i, List.of(log.get(i - 1)));
                expected.add(oneByOne.applied());
                served.add(served(oneByOne));
            }
        }

        try (Replica ahead = new Replica(directory.resolve("ahead"));
                Replica behind = new Replica(directory.resolve("behind"))) {
            while (behind.applied().index() < ENTRIES) {
                Replica replica = random.nextBoolean() ? ahead : behind;
                live(replica, log, random);
                if (random.nextInt(8) == 0
                        && ahead.applied().index() > behind.applied().index()) {
                    install(ahead, behind);
                }
                for (Replica each : List.of(ahead, behind)) {
                    int at = (int) each.applied().index();
                    assertThat(each.applied()).isEqualTo(expected.get(at));
                    assertThat(served(each)).as("served at %d", at).isEqualTo(served.get(at));
                    assertThat(hashOf(served(each))).isEqualTo(each.applied().hash());
                }
            }
        }
    }

    /** Some more of the log, as a batch that may begin with what was applied before; or a restart. */
    private static void live(Replica replica, List<ByteString> log, Random random) throws IOException {
        if (random.nextInt(6) == 0) {
            replica.restart();
        }
        int applied = (int) replica.applied().index();
        int from = Math.max(0, applied - random.nextInt(20));
        int to = Math.min(log.size(), applied + 1 + random.nextInt(40));
        replica.apply(from + 1, log.subList(from, to));
    }

    private void install(Replica from, Replica to) throws IOException {
        Path snapshot = directory.resolve(
                "snapshot-" + from.applied().index() + "-" + to.applied().index());
        from.state().store().checkpoint(snapshot);
        to.state().replaceBy(snapshot);
        to.loop.runAll();
    }

    /** What differs is shown piece by piece; all addresses before sort before all of now. */
    @Test
    void ofAServiceThatASnapshotReplacesAsAWholeNoPartIsEverShown() throws Exception {
        int half = 900;
        try (Replica before = new Replica(directory.resolve("before"));
                Replica now = new Replica(directory.resolve("now"))) {
            assertThat(before.apply(1, registered("10.0.0.1", half))).isCompleted();
            assertThat(before.apply(2, registered("10.0.0.2", half))).isCompleted();
            assertThat(now.apply(1, registered("10.1.0.1", half))).isCompleted();
            assertThat(now.apply(2, registered("10.1.0.2", half))).isCompleted();
            Path snapshot = directory.resolve("all-else");
            now.state().store().checkpoint(snapshot);

            before.state().replaceBy(snapshot);

            do {
                assertThat(before.view(SERVICES.get(0)).instances()).hasSize(2 * half);
            } while (before.loop.turn(1));
            assertThat(before.view(SERVICES.get(0)).instances())
                    .isEqualTo(now.view(SERVICES.get(0)).instances());
        }
    }

    private static Change registered(String ip, int count) {
        return new Change.Register(
                SERVICES.get(0),
                IntStream.rangeClosed(1, count)
                        .mapToObj(port -> Instance.persistent(ip, port))
                        .toList(),
                Publisher.NONE);
    }

    @Test
    void aStateThatLacksSomethingIsNotOpenedAndNotTakenOver() throws Exception {
        Path damaged = directory.resolve("damaged");
        Instance kept = Instance.persistent("10.0.0.1", 80);
        Instance lacking = Instance.persistent("10.0.0.2", 80);
        Change both = new Change.Register(SERVICES.get(0), List.of(kept, lacking), Publisher.NONE);
        try (Replica replica = new Replica(damaged)) {
            assertThat(replica.apply(1, both)).isCompleted();
        }
        try (Options options = new Options();
                RocksDB db = RocksDB.open(options, damaged.toString())) {
            db.delete(Replica.effects(both, 1).get(1).storeKey().toByteArray());
        }

        assertThatThrownBy(() -> new Replica(damaged))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        try (Replica other = new Replica(directory.resolve("other"))) {
            Change own = new Change.Register(SERVICES.get(1), List.of(kept), Publisher.NONE);
            assertThat(other.apply(1, own)).isCompleted();
            assertThatThrownBy(() -> other.state().replaceBy(damaged))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("damaged");
            other.loop.runAll();
            assertThat(other.view(SERVICES.get(1)).instances()).containsExactly(kept);
            assertThat(other.view(SERVICES.get(0)).isEmpty()).isTrue();
        }
    }

    /** The snapshot is loaded again after such an end; what would be left of a state that is deleted in part looks like a damaged one. */
    @Test
    void aNodeThatEndsWhileASnapshotTakesThePlaceOfItsStateHasTheOneBefore() throws Exception {
        Path own = directory.resolve("own");
        Path former = directory.resolve("own.former");
        try (Replica replica = new Replica(own)) {
            assertThat(replica.apply(1, registered("10.0.0.1", 3))).isCompleted();
        }
        Files.move(own, former);
        Files.createDirectory(directory.resolve("own.next"));
        try (Replica again = new Replica(own)) {
            assertThat(again.view(SERVICES.get(0)).instances()).hasSize(3);
        }
        assertThat(own).exists();
        assertThat(former).doesNotExist();
    }

    @Test
    void whatIsLeftOfAStateThatASnapshotReplacedIsDeleted() throws Exception {
        Path own = directory.resolve("own");
        Path former = directory.resolve("own.former");
        try (Replica replica = new Replica(own)) {
            assertThat(replica.apply(1, registered("10.0.0.1", 3))).isCompleted();
        }
        Files.createDirectory(former);
        Files.writeString(former.resolve("000009.sst"), "half of it");
        try (Replica again = new Replica(own)) {
            assertThat(again.view(SERVICES.get(0)).instances()).hasSize(3);
        }
        assertThat(former).doesNotExist();
    }

    private static Change change(Random random) {
        ServiceId service = SERVICES.get(random.nextInt(SERVICES.size()));
        List<InstanceKey> keys = IntStream.generate(() -> random.nextInt(6))
                .limit(1 + random.nextInt(3))
                .distinct()
                .mapToObj(i -> new InstanceKey("10.0.0." + i, 80, InstanceKey.DEFAULT_CLUSTER))
                .toList();
        Precondition only = random.nextInt(3) > 0
                ? Precondition.NONE
                : random.nextBoolean() ? Precondition.ABSENT : Precondition.revision(random.nextInt(ENTRIES));
        if (random.nextInt(8) == 0) {
            ServiceSettings settings = ServiceSettings.NONE
                    .withProtectionThreshold(random.nextInt(5) / 4.0)
                    .withMetadata(Map.of("v", Integer.toString(random.nextInt(3))));
            return new Change.SetService(
                    service, random.nextInt(3) == 0 ? Optional.empty() : Optional.of(settings), only);
        }
        if (random.nextInt(5) == 0) {
            InstanceOverride override = InstanceOverride.NONE.withEnabled(random.nextBoolean());
            override = random.nextBoolean() ? override.withWeight(random.nextInt(4)) : override;
            override = random.nextBoolean() ? override.withMetadata(Map.of("v", "o", "x", "o")) : override;
            return new Change.SetOverride(
                    service, keys.get(0), random.nextInt(3) == 0 ? Optional.empty() : Optional.of(override), only);
        }
        if (random.nextInt(5) == 0) {
            boolean healthy = random.nextInt(3) == 0;
            long revision = 1L + random.nextInt(ENTRIES);
            return new Change.SetHealth(keys.stream()
                    .map(key -> new HealthVerdict(service, key, revision, healthy, healthy ? "" : "cause"))
                    .toList());
        }
        if (random.nextInt(3) == 0) {
            return new Change.Deregister(service, keys, Durability.PERSISTENT, Publisher.NONE, only);
        }
        List<Instance> instances = keys.stream()
                .map(key -> Instance.persistent(key.ip(), key.port())
                        .withWeight(random.nextInt(4))
                        .withMetadata("v", Integer.toString(random.nextInt(3)))
                        .withMetadata("w", "x"))
                .toList();
        return new Change.Register(service, instances, Publisher.NONE, only);
    }

    /** What readers find of one service. */
    private record Served(List<Registration> registrations, OperatorState state, Map<InstanceKey, String> unhealthy) {}

    private static Map<ServiceId, Served> served(Replica replica) {
        Map<ServiceId, Served> served = new HashMap<>();
        for (ServiceId service : SERVICES) {
            Served found = new Served(
                    replica.view(service).registrations(), replica.operatorState(service), replica.unhealthy(service));
            if (!found.registrations().isEmpty() || !found.state().isEmpty()) {
                served.put(service, found);
            }
        }
        return served;
    }

    /** The state hash of a store that holds exactly what is served. */
    private static long hashOf(Map<ServiceId, Served> served) {
        long[] sum = {0};
        served.forEach((service, found) -> {
            for (Registration shown : found.registrations()) {
                Instance registered = found.state()
                        .find(shown.key())
                        .map(overridden -> overridden.registered().orElseThrow())
                        .orElse(shown.instance()
                                .withHealthy(true)); // all register so; what checks found is put over it
                sum[0] += hashOf(new Change.Register(service, List.of(registered), Publisher.NONE), shown.revision());
            }
            found.state()
                    .settings()
                    .ifPresent(settings -> sum[0] += hashOf(
                            new Change.SetService(service, Optional.of(settings.value()), Precondition.NONE),
                            settings.revision()));
            for (OperatorState.Overridden overridden : found.state().overrides()) {
                sum[0] += hashOf(
                        new Change.SetOverride(
                                service,
                                overridden.key(),
                                Optional.of(overridden.override().value()),
                                Precondition.NONE),
                        overridden.override().revision());
            }
            found.unhealthy()
                    .forEach((key, cause) -> sum[0] +=
                            hashOf(new Change.SetHealth(List.of(new HealthVerdict(service, key, 1, false, cause))), 1));
        });
        return sum[0];
    }

    private static long hashOf(Change alone, long revision) {
        Effect effect = Replica.effects(alone, revision).get(0);
        return StateStore.hash(
                effect.storeKey().toByteArray(), effect.value().orElseThrow().toByteArray());
    }
}
