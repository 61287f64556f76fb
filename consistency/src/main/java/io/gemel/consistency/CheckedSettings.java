package io.gemel.consistency;

import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.Written;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.Selector;
import io.gemel.typed.TypedCodec;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Refuses settings whose typed metadata this node cannot read, before they are agreed on: what is in the log every node has to live with. */
public final class CheckedSettings implements ConsistencyService {
    private final ConsistencyService next;
    private final TypedCodec codec;

    /** Hands on to {@code next} what {@code codec} can read. */
    public CheckedSettings(ConsistencyService next, TypedCodec codec) {
        this.next = next;
        this.codec = codec;
    }

    @Override
    public CompletableFuture<Written> write(Change change) {
        if (change instanceof Change.SetService set && set.settings().isPresent()) {
            try {
                check(set.settings().get());
            } catch (RegistryException refusal) {
                return CompletableFuture.failedFuture(refusal);
            }
        }
        return next.write(change);
    }

    private void check(ServiceSettings settings) {
        List<Object> values = codec.decode(settings.typed().bytes());
        for (Class<?> kind : List.of(HealthCheck.class, Selector.class)) {
            long count = values.stream().filter(kind::isInstance).count();
            if (count > 1) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "typed: " + count + " of " + kind.getSimpleName() + " (expected: at most one)");
            }
        }
    }

    @Override
    public CompletableFuture<Void> readable(ReadLevel level) {
        return next.readable(level);
    }
}
