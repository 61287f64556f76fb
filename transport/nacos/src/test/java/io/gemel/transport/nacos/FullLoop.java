package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.RegistryException;
import io.gemel.naming.ThreadLoop;
import java.util.concurrent.CompletableFuture;

/** A loop that does nothing and takes no more tasks. */
final class FullLoop {
    private FullLoop() {}

    /** Does {@code work} while {@code loop} is full. */
    static void during(ThreadLoop loop, Runnable work) {
        CompletableFuture<Void> held = new CompletableFuture<>();
        CompletableFuture<Void> gate = new CompletableFuture<>();
        loop.execute(() -> {
            held.complete(null);
            gate.join();
        });
        held.join(); // or it would take one more
        try {
            assertThatThrownBy(() -> {
                        while (true) {
                            loop.execute(() -> {});
                        }
                    })
                    .isInstanceOf(RegistryException.class);
            work.run();
        } finally {
            gate.complete(null);
        }
    }
}
