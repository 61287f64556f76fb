package io.gemel.consistency.health;

import io.gemel.naming.HealthVerdict;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Asks another member what it finds of an instance. */
interface Confirmations {
    /** What the other one says. */
    enum Finding {
        HEALTHY,
        UNHEALTHY,
        /** It did not answer, could not make the check, or knows nothing of the instance. */
        UNKNOWN
    }

    /**
     * Asks {@code member} about the registration that {@code verdict} names.
     *
     * @param timeout of the check; who has not answered some seconds after it is not waited for
     * @param done told once, on any thread, of the finding and its cause
     */
    void ask(String member, HealthVerdict verdict, Duration timeout, BiConsumer<Finding, String> done);
}
