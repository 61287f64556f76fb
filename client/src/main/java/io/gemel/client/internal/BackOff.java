package io.gemel.client.internal;

import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.Random;

/**
 * How long to wait before the next server is tried. Confined to the client's loop.
 *
 * <p>Doubles with each round over all servers, not with each server: the next one may be well. A session that was live for a while begins
 * anew; one that is lost at once does not, or a server that ends every session would be asked in a tight circle.
 *
 * <p>Random, so that the clients of a lost server do not all come at once. They lose it at the same moment, so their first step spreads them
 * over half a second: ten thousand come as some 200 in each hundredth of a second. It is a part of the resume window at most, in which the
 * session has to be found again.
 */
final class BackOff {
    /** Over how long the clients of one server spread when they lose it. */
    static final Duration SPREAD = Duration.ofMillis(500);

    private static final int SPREADS_PER_WINDOW = 4;
    private static final long FIRST_MILLIS = 50;
    private static final long MAX_MILLIS = 2_000;
    private static final int PATIENCE_DOUBLINGS_MAX = 3;
    private static final long STABLE_NANOS = Duration.ofSeconds(2).toNanos();

    private final Ticker ticker;
    private final Random random;
    private int attempts;
    private long liveSinceNanos;
    private Duration firstStep = Duration.ZERO;

    BackOff(Ticker ticker, Random random) {
        this.ticker = ticker;
        this.random = random;
    }

    void live() {
        liveSinceNanos = ticker.nanos();
    }

    /**
     * The session has lost its server.
     *
     * @param window how long the session outlives its connection
     */
    void lost(Duration window) {
        if (ticker.nanos() - liveSinceNanos >= STABLE_NANOS) {
            attempts = 0;
        }
        firstStep = spread(window);
    }

    /** When this client, of all that have to leave a server at once, does so. */
    Duration spread(Duration window) {
        Duration part = window.dividedBy(SPREADS_PER_WINDOW);
        Duration most = part.compareTo(SPREAD) < 0 ? part : SPREAD;
        return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
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
        Duration wait = Duration.ofMillis(random.nextLong(most / 2, most + 1));
        Duration first = firstStep;
        firstStep = Duration.ZERO;
        return wait.plus(first);
    }
}
