package io.gemel.client.internal;

import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.Random;

/**
 * How long to wait before the next server is tried. Confined to the client's loop.
 *
 * <p>Doubles with each round over all servers, not with each server: the next one may be well. Random, so that the clients of a
 * lost server do not all come at once. A session that was live for a while begins anew; one that is lost at once does not,
 * or a server that ends every session would be asked in a tight circle.
 */
final class BackOff {
    private static final long FIRST_MILLIS = 50;
    private static final long MAX_MILLIS = 2_000;
    private static final int PATIENCE_DOUBLINGS_MAX = 3;
    private static final long STABLE_NANOS = Duration.ofSeconds(2).toNanos();

    private final Ticker ticker;
    private final Random random;
    private int attempts;
    private long liveSinceNanos;

    BackOff(Ticker ticker, Random random) {
        this.ticker = ticker;
        this.random = random;
    }

    void live() {
        liveSinceNanos = ticker.nanos();
    }

    void lost() {
        if (ticker.nanos() - liveSinceNanos >= STABLE_NANOS) {
            attempts = 0;
        }
    }

    /** How long the present attempt may take: {@code first} in the first round, then longer, for servers that are slow rather than gone. */
    Duration patience(Duration first, int servers) {
        return first.multipliedBy(1L << Math.min(attempts / servers, PATIENCE_DOUBLINGS_MAX));
    }

    /** The wait before the next attempt; counts it. */
    Duration next(int servers) {
        int round = Math.min(attempts / servers, 10);
        attempts++;
        long most = Math.min(MAX_MILLIS, FIRST_MILLIS << round);
        return Duration.ofMillis(random.nextLong(most / 2, most + 1));
    }
}
