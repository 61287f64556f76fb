package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.Instance;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What checks found is kept beside the registration, counts for that registration alone, and goes with it. */
class HealthEntriesTest {
    private static final ServiceId DB = ServiceId.of("db");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);
    private static final Instance B = Instance.persistent("10.0.0.2", 80);

    @TempDir
    Path directory;

    private Replica replica;

    @BeforeEach
    void open() throws Exception {
        replica = new Replica(directory.resolve("state"));
        apply(1, new Change.Register(DB, List.of(A, B), Publisher.NONE));
    }

    @AfterEach
    void close() {
        replica.close();
        assertThat(replica.failures).isEmpty();
    }

    @Test
    void anUnhealthyInstanceIsShownSoWithItsCauseUntilItIsHealthyAgain() {
        apply(2, health(unhealthy(A, 1)));
        assertThat(instances()).containsExactly(A.withHealthy(false), B);
        assertThat(replica.unhealthy(DB)).isEqualTo(Map.of(A.key(), "connection refused"));

        apply(3, health(healthy(A, 1)));
        assertThat(instances()).containsExactly(A, B);
        assertThat(replica.unhealthy(DB)).isEmpty();
    }

    @Test
    void aVerdictAboutAnOlderRegistrationCountsForNothingWhateverBecomesOfTheOthers() {
        apply(2, new Change.Register(DB, List.of(A.withWeight(2)), Publisher.NONE));
        apply(3, health(unhealthy(A, 1), unhealthy(B, 1)));
        assertThat(instances()).containsExactly(A.withWeight(2), B.withHealthy(false));
        apply(4, health(unhealthy(A, 2)));
        assertThat(instances()).containsExactly(A.withWeight(2).withHealthy(false), B.withHealthy(false));
    }

    @Test
    void whatWasFoundStaysWhenAnInstanceRegistersAgainAndGoesWhenItDeregisters() {
        apply(2, health(unhealthy(A, 1)));
        apply(3, new Change.Register(DB, List.of(A), Publisher.NONE));
        assertThat(instances()).containsExactly(A.withHealthy(false), B);

        apply(4, new Change.Deregister(DB, List.of(A.key()), Durability.PERSISTENT, Publisher.NONE));
        apply(5, health(unhealthy(A, 3)));
        apply(6, new Change.Register(DB, List.of(A), Publisher.NONE));
        assertThat(instances()).containsExactly(A, B);
        assertThat(replica.unhealthy(DB)).isEmpty();
    }

    @Test
    void healthyIsWhatRegisteredSoAndWasFoundSo() {
        apply(2, new Change.Register(DB, List.of(A.withHealthy(false)), Publisher.NONE));
        apply(3, health(healthy(A, 2)));
        assertThat(instances()).containsExactly(A.withHealthy(false), B);
    }

    @Test
    void theStateWithoutFindingsIsTheStateBeforeThem() {
        long before = replica.applied().hash();
        apply(2, health(unhealthy(A, 1)));
        assertThat(replica.applied().hash()).isNotEqualTo(before);
        apply(3, health(healthy(A, 1)));
        assertThat(replica.applied().hash()).isEqualTo(before);
    }

    @Test
    void itIsAnEntryThatOlderMembersRefuse() throws Exception {
        ByteString entry = Commands.encode(health(unhealthy(A, 1)));
        assertThat(RaftCommand.parseFrom(entry).getFormat()).isEqualTo(5);
        Commands.check(entry);

        RaftCommand wordy = RaftCommand.parseFrom(entry);
        ByteString tooWordy = wordy.toBuilder()
                .setHealth(0, wordy.getHealth(0).toBuilder().setCause("x".repeat(201)))
                .build()
                .toByteString();
        assertThatThrownBy(() -> Commands.check(tooWordy)).hasMessageContaining("cause: ");
    }

    private void apply(long at, Change change) {
        assertThat(replica.apply(at, change)).isCompleted();
    }

    private List<Instance> instances() {
        return replica.view(DB).instances();
    }

    private static Change health(HealthVerdict... verdicts) {
        return new Change.SetHealth(List.of(verdicts));
    }

    private static HealthVerdict unhealthy(Instance instance, long revision) {
        return new HealthVerdict(DB, instance.key(), revision, false, "connection refused");
    }

    private static HealthVerdict healthy(Instance instance, long revision) {
        return new HealthVerdict(DB, instance.key(), revision, true, "");
    }
}
