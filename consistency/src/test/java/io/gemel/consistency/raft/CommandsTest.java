package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.naming.Change;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandsTest {
    private static final ServiceId DB = ServiceId.of("db");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);
    private static final Instance B = Instance.persistent("10.0.0.2", 80);

    private static Stream<Change> changes() {
        InstanceOverride off = new InstanceOverride(Optional.of(false), OptionalDouble.empty(), Map.of());
        return Stream.of(
                new Change.Register(DB, List.of(A, B), Publisher.NONE, Precondition.NONE),
                new Change.Deregister(DB, List.of(A.key(), B.key()), A.durability(), Publisher.NONE, Precondition.NONE),
                new Change.SetService(DB, Optional.of(ServiceSettings.NONE), Precondition.NONE),
                new Change.SetService(DB, Optional.empty(), Precondition.NONE),
                new Change.SetOverride(DB, A.key(), Optional.of(off), Precondition.NONE),
                new Change.SetOverride(DB, A.key(), Optional.empty(), Precondition.NONE),
                new Change.SetHealth(List.of(
                        new HealthVerdict(DB, A.key(), 7, false, "refused"),
                        new HealthVerdict(DB, B.key(), 7, true, ""))));
    }

    /** Else two that write one record could share an entry, and with it a revision. */
    @ParameterizedTest
    @MethodSource("changes")
    void aCommandTouchesExactlyWhatItWrites(Change change) {
        assertThat(Commands.touched(Commands.encode(change)))
                .isEqualTo(Replica.effects(change, 1).stream()
                        .map(Effect::storeKey)
                        .collect(Collectors.<ByteString>toSet()))
                .isNotEmpty();
    }
}
