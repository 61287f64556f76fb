package io.gemel.bootstrap.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what is promised within a time. */
final class Patience {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Patience() {}

    /**
     * Looks again and again until nothing is missing.
     *
     * @param promise what is waited for, for the message
     * @param missing what is not yet as promised; empty once all is
     * @return how long it took; throws {@link BrokenPromise} if it takes longer than {@code atMost}
     */
    static Duration until(String promise, Duration atMost, Supplier<Optional<String>> missing) {
        long start = System.nanoTime();
        Optional<String> last = missing.get();
        while (last.isPresent()) {
            if (System.nanoTime() - start > atMost.toNanos()) {
                throw new BrokenPromise("%s: not within %d s: %s".formatted(promise, atMost.toSeconds(), last.get()));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            last = missing.get();
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
