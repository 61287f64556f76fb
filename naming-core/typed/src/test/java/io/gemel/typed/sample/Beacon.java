package io.gemel.typed.sample;

import io.gemel.typed.HealthCheck;
import io.gemel.typed.Schedule;
import io.gemel.typed.TypedFields;
import io.gemel.typed.TypedForm;
import io.gemel.typed.TypedPlugin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A health check that a plug-in adds. */
public record Beacon(int colour, HealthCheck.Tcp before) implements HealthCheck.Contributed {
    static final int COLOUR_MAX = 7;

    public Beacon {
        if (colour < 0 || colour > COLOUR_MAX) {
            throw new io.gemel.naming.RegistryException(
                    io.gemel.naming.RegistryException.Code.BAD_REQUEST, "colour: " + colour + " (expected: 0..7)");
        }
    }

    @Override
    public Schedule schedule() {
        return before.schedule();
    }

    @Override
    public Optional<Integer> port() {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<Optional<String>> probe(String host, int port) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    /** Brings {@link Beacon}; found by the service loader. */
    public static final class Plugin implements TypedPlugin {
        @Override
        public List<TypedForm<?>> forms() {
            return List.of(new TypedForm<>(
                    "sample.Beacon",
                    Beacon.class,
                    List.of("colour", "before"),
                    beacon -> Map.of("colour", beacon.colour(), "before", beacon.before()),
                    Plugin::beacon));
        }

        private static Beacon beacon(TypedFields fields) {
            return new Beacon(fields.integer("colour"), fields.value("before", HealthCheck.Tcp.class));
        }
    }
}
