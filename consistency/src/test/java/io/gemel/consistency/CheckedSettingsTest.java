package io.gemel.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.TypedMetadata;
import io.gemel.naming.Written;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.LabelSelector;
import io.gemel.typed.TypedCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Only typed metadata that every node can read is agreed on. */
class CheckedSettingsTest {
    private final TypedCodec codec = new TypedCodec(List.of());
    private final List<Change> written = new ArrayList<>();
    private final ConsistencyService checked = new CheckedSettings(
            new ConsistencyService() {
                @Override
                public CompletableFuture<Written> write(Change change) {
                    written.add(change);
                    return CompletableFuture.completedFuture(new Written(1));
                }

                @Override
                public CompletableFuture<Void> readable(ReadLevel level) {
                    return CompletableFuture.completedFuture(null);
                }
            },
            codec);

    @Test
    void whatCanBeReadIsHandedOn() {
        assertThat(set(codec.encode(List.of(new HealthCheck.None(), new LabelSelector(Map.of("a", "b"))))))
                .isCompleted();
        assertThat(set(new byte[0])).isCompleted();
        assertThat(written).hasSize(2);
    }

    @Test
    void whatCannotIsRefusedAndNothingIsWritten() {
        refused("typed metadata at byte ", "rO0ABXNy".getBytes(StandardCharsets.US_ASCII));
        refused("2 of HealthCheck", codec.encode(List.of(new HealthCheck.None(), new HealthCheck.None())));
        assertThat(written).isEmpty();
    }

    private void refused(String cause, byte[] typed) {
        assertThatThrownBy(set(typed)::join)
                .hasCauseInstanceOf(RegistryException.class)
                .hasMessageContaining(cause);
    }

    private CompletableFuture<Written> set(byte[] typed) {
        ServiceSettings settings = ServiceSettings.NONE.withTyped(TypedMetadata.of(typed));
        return checked.write(new Change.SetService(ServiceId.of("a"), Optional.of(settings), Precondition.NONE));
    }
}
