package io.gemel.consistency.health;

import io.gemel.typed.HealthCheck;
import java.util.function.Consumer;

/** Makes checks, many at a time, without a thread for any of them. */
interface Prober extends AutoCloseable {
    /**
     * Makes {@code check} of the instance at {@code host} and {@code port} once; from the loop of the checks.
     *
     * @param done told once, on any thread, at the latest some time after the check's timeout
     */
    void probe(HealthCheck check, String host, int port, Consumer<Probed> done);

    /** Goes on with what is under way; to be called often, from the loop of the checks. */
    void poll();

    @Override
    void close();
}
