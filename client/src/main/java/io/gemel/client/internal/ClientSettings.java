package io.gemel.client.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a client is made with.
 *
 * @param servers host:port of the client doors to begin with
 * @param requestTimeout how long a call waits, all retries included
 * @param connectTimeout how long to wait for the first server that answers
 * @param awaitServer whether to wait also while all of them refuse the connection
 * @param keepAlive how long a server may be silent before it is asked for a sign of life, and how long it then has
 * @param clientName for the servers' logs
 * @param cacheDir where views are remembered for a start without servers; empty for nowhere
 */
public record ClientSettings(
        List<String> servers,
        Duration requestTimeout,
        Duration connectTimeout,
        boolean awaitServer,
        Duration keepAlive,
        String clientName,
        Optional<Path> cacheDir) {
    private static final Duration ATTEMPT_MAX = Duration.ofSeconds(2);
    private static final Duration ATTEMPT_MIN = Duration.ofMillis(500);

    /** Copies the list. */
    public ClientSettings {
        servers = List.copyOf(servers);
    }

    /**
     * How long one server has to open a session before the next one is tried, in the first round over them. Short, because a session has to find a new
     * server within its resume window; yet within the time to connect each server should have its turn.
     */
    Duration attemptTimeout() {
        Duration share = connectTimeout.dividedBy(servers.size());
        Duration bounded = share.compareTo(ATTEMPT_MAX) > 0 ? ATTEMPT_MAX : share;
        return bounded.compareTo(ATTEMPT_MIN) < 0 ? ATTEMPT_MIN : bounded;
    }
}
