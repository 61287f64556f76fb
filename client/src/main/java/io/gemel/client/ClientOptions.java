package io.gemel.client;

import static java.util.Objects.requireNonNull;

import io.gemel.client.internal.ServerAddress;
import io.gemel.naming.ServiceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * How a client finds its cluster and how long it waits. Immutable; {@link #of} gives the defaults, the {@code with} methods vary them.
 *
 * @param servers client doors to begin with, as host:port ([host]:port for IPv6), at least one. Any one that answers is enough: it
 *     tells the rest. Tried in random order, so that clients with equal lists spread over the servers
 * @param namespace of the services that are given by name alone
 * @param requestTimeout how long a call waits, all retries and failovers included
 * @param connectTimeout how long {@link NamingService#connect} waits for the first server that answers
 * @param awaitServer whether it waits also while nothing listens at any of {@code servers}, for a cluster that is about to start;
 *     if not, it fails as soon as all have refused the connection
 * @param keepAlive how often a server has to be heard of: one that was not is asked for a sign of life, and left if there is none by the next
 *     time. A frozen server is left after at most three times this; shorter finds it sooner and costs one small message per interval. It should
 *     be a quarter of the servers' setting of that name at most: who is cut off from its server alone has to notice first, or its instances go
 *     for a moment
 * @param clientName says to people who read a server's log what kind of client this is
 * @param cacheDir where to remember what services looked like, so that a client can start while no server can be reached; empty, the
 *     default, for nowhere. See {@link #withCacheDir}
 */
public record ClientOptions(
        List<String> servers,
        String namespace,
        Duration requestTimeout,
        Duration connectTimeout,
        boolean awaitServer,
        Duration keepAlive,
        String clientName,
        Optional<Path> cacheDir) {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);
    private static final Duration WAIT_MAX = Duration.ofHours(1);

    /** Throws {@link IllegalArgumentException} for an address that is not host:port, or a time outside 1 ms..1 h. */
    public ClientOptions {
        servers = List.copyOf(new LinkedHashSet<>(servers));
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("servers: none (expected: at least one host:port)");
        }
        servers.forEach(ServerAddress::check);
        requireNonNull(namespace, "namespace");
        if (namespace.isEmpty()) {
            throw new IllegalArgumentException("namespace: empty (expected: a name, such as 'public')");
        }
        checkTime("requestTimeout", requestTimeout);
        checkTime("connectTimeout", connectTimeout);
        checkTime("keepAlive", keepAlive);
        requireNonNull(clientName, "clientName");
        requireNonNull(cacheDir, "cacheDir");
    }

    /**
     * The default options for a cluster: namespace {@code public}, five seconds to wait for anything, a server is heard of every two seconds, and
     * a cluster that is about to start is waited for.
     *
     * @param first host:port of a server's client door
     * @param more further ones, in case the first is down
     */
    public static ClientOptions of(String first, String... more) {
        List<String> servers = new ArrayList<>(List.of(more));
        servers.add(0, requireNonNull(first, "first"));
        return of(servers);
    }

    /** The default options for a cluster with client doors at these addresses, each host:port. */
    public static ClientOptions of(List<String> servers) {
        return new ClientOptions(
                servers, ServiceId.DEFAULT_NAMESPACE, WAIT, WAIT, true, KEEP_ALIVE, "gemel-java", Optional.empty());
    }

    /** These options with another namespace. */
    public ClientOptions withNamespace(String other) {
        return new ClientOptions(
                servers, other, requestTimeout, connectTimeout, awaitServer, keepAlive, clientName, cacheDir);
    }

    /** These options with another time to wait for each call. */
    public ClientOptions withRequestTimeout(Duration other) {
        return new ClientOptions(
                servers, namespace, other, connectTimeout, awaitServer, keepAlive, clientName, cacheDir);
    }

    /** These options with another time to wait for the first server. */
    public ClientOptions withConnectTimeout(Duration other) {
        return new ClientOptions(
                servers, namespace, requestTimeout, other, awaitServer, keepAlive, clientName, cacheDir);
    }

    /** These options, waiting or not for servers that refuse the connection. */
    public ClientOptions withAwaitServer(boolean other) {
        return new ClientOptions(
                servers, namespace, requestTimeout, connectTimeout, other, keepAlive, clientName, cacheDir);
    }

    /** These options with another time a server may be silent. */
    public ClientOptions withKeepAlive(Duration other) {
        return new ClientOptions(
                servers, namespace, requestTimeout, connectTimeout, awaitServer, other, clientName, cacheDir);
    }

    /** These options with another name for the servers' logs. */
    public ClientOptions withClientName(String other) {
        return new ClientOptions(
                servers, namespace, requestTimeout, connectTimeout, awaitServer, keepAlive, other, cacheDir);
    }

    /**
     * These options with a cache in {@code dir}, which is made if it is not there. Off unless asked for.
     *
     * <p>The last confirmed view of every service that is subscribed to or selected from is kept there, one file each, 10,000 at most; of an empty
     * service nothing. Files are written soon after a change, not for each one, and as a whole; only the user that this process runs as can read them.
     * A client that finds no server within {@link #connectTimeout} then starts all the same, if the directory holds anything, and shows what
     * is there, marked as {@linkplain ServiceEvent#stale stale}, until a server answers. What cannot be read is ignored, with a line in the log; a
     * directory that cannot be used is, too. Clients of one cluster may share a directory, those of different clusters must not.
     */
    public ClientOptions withCacheDir(Path dir) {
        return new ClientOptions(
                servers,
                namespace,
                requestTimeout,
                connectTimeout,
                awaitServer,
                keepAlive,
                clientName,
                Optional.of(dir));
    }

    private static void checkTime(String field, Duration value) {
        requireNonNull(value, field);
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(WAIT_MAX) > 0) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: 1 ms..1 h)");
        }
    }
}
