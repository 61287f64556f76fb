package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import java.io.IOException;
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
        List<Map<ServiceId, List<Registration>>> served = new ArrayList<>(List.of(Map.of()));
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

    private static Map<ServiceId, List<Registration>> served(Replica replica) {
        Map<ServiceId, List<Registration>> served = new HashMap<>();
        for (ServiceId service : SERVICES) {
            List<Registration> registrations = replica.view(service).registrations();
            if (!registrations.isEmpty()) {
                served.put(service, registrations);
            }
        }
        return served;
    }

    /** The state hash of a store that holds exactly what is served. */
    private static long hashOf(Map<ServiceId, List<Registration>> served) {
        long sum = 0;
        for (Map.Entry<ServiceId, List<Registration>> service : served.entrySet()) {
            for (Registration registration : service.getValue()) {
                Change alone = new Change.Register(service.getKey(), List.of(registration.instance()), Publisher.NONE);
                Commands.Effect effect =
                        Replica.effects(alone, registration.revision()).get(0);
                Optional<ByteString> value = effect.value();
                sum += StateStore.hash(
                        effect.storeKey().toByteArray(), value.orElseThrow().toByteArray());
            }
        }
        return sum;
    }
}
