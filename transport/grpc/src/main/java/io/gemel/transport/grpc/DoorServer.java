package io.gemel.transport.grpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gRPC port of a node: the clients' or the peers'.
 *
 * <p>Handlers run on the connection's event loop and must not block it. What a peer can make the server hold is bounded:
 * 4 MiB a message of clients, 8 MiB of peers, 8 KiB of metadata, 1,024 calls a connection, a limited rate of reset streams. A connection that does
 * not finish its handshake, or does not answer keepalive, is closed: at the latest the keepalive after it froze.
 */
public final class DoorServer implements AutoCloseable {
    /** The largest message that is accepted of a client, in bytes. */
    public static final int MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

    /**
     * The largest that is accepted of a peer. What a client registers with one message, peers are told with one message, too, so that nobody sees
     * a part of it: each instance with its service, session and stamp, up to a kilobyte more, behind what was left to tell before.
     */
    private static final int PEER_MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

    /** How long a client may be silent until it is given up, unless it is set. */
    public static final Duration KEEPALIVE = Duration.ofSeconds(8);

    private static final Duration STOP = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(DoorServer.class);
    private static final int METADATA_BYTES_MAX = 8 * 1024;
    private static final int CALLS_PER_CONNECTION_MAX = 1_024;
    private static final int RESETS_PER_WINDOW_MAX = 1_000;
    private static final int RESET_WINDOW_SECONDS = 10;
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLIENT_KEEPALIVE_MIN = Duration.ofSeconds(1);

    private final Server server;
    private final int port;

    private DoorServer(Server server) {
        this.server = server;
        this.port = server.getPort();
    }

    /**
     * Binds the port and serves.
     *
     * @param name what the port is for, as people call it: client, server
     * @param port 0 for any free one, see {@link #port()}
     * @throws IllegalStateException if the port cannot be bound; the message names it and says what to do
     */
    public static DoorServer start(String name, String host, int port, List<BindableService> services) {
        return start(name, host, port, services, KEEPALIVE);
    }

    /** As {@link #start(String, String, int, List)}, for what members of the cluster tell each other. */
    public static DoorServer startForPeers(String host, int port, List<BindableService> services) {
        return start("server", new InetSocketAddress(host, port), services, KEEPALIVE, PEER_MESSAGE_BYTES_MAX);
    }

    /**
     * As {@link #start(String, String, int, List)}.
     *
     * @param keepAlive how long a client may be silent until it is given up
     * @param filters told of every connection, in this order
     */
    public static DoorServer start(
            String name,
            String host,
            int port,
            List<BindableService> services,
            Duration keepAlive,
            ServerTransportFilter... filters) {
        return start(name, new InetSocketAddress(host, port), services, keepAlive, MESSAGE_BYTES_MAX, filters);
    }

    private static DoorServer start(
            String name,
            InetSocketAddress address,
            List<BindableService> services,
            Duration keepAlive,
            int messageBytesMax,
            ServerTransportFilter... filters) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .directExecutor()
                .maxInboundMessageSize(messageBytesMax)
                .maxInboundMetadataSize(METADATA_BYTES_MAX)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
                .maxRstFramesPerWindow(RESETS_PER_WINDOW_MAX, RESET_WINDOW_SECONDS)
                .handshakeTimeout(HANDSHAKE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
                .protocolNegotiator(new KeepAlive(keepAlive))
                .permitKeepAliveTime(CLIENT_KEEPALIVE_MIN.toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        List.of(filters).forEach(builder::addTransportFilter);
        try {
            return new DoorServer(builder.build().start());
        } catch (IOException e) {
            throw new IllegalStateException(cannotBind(name, address, e), e);
        }
    }

    /**
     * After how much silence a client is asked for a sign of life. Early, so that it has long to give it: whoever is cut off from one server alone
     * has to find that out, and go to another, before this one takes it for lost.
     */
    public static Duration asksAfter(Duration keepAlive) {
        return keepAlive.dividedBy(KeepAlive.PARTS);
    }

    /** The port that was bound. */
    public int port() {
        return port;
    }

    /** Refuses new calls, lets those in flight end for at most {@code grace}, then ends them and closes the port. */
    public void stop(Duration grace) {
        server.shutdown();
        try {
            if (!server.awaitTermination(grace.toNanos(), TimeUnit.NANOSECONDS)) {
                server.shutdownNow();
                if (!server.awaitTermination(STOP.toNanos(), TimeUnit.NANOSECONDS)) {
                    log.warn("connections still open after stop port={}", port);
                }
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Stops at once. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    private static String cannotBind(String name, InetSocketAddress address, IOException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause(); // the operating system's word stands at the root
        }
        return "%s port: cannot bind %s:%d: %s (stop what listens there, or choose another port or address)"
                .formatted(
                        name,
                        address.getHostString(),
                        address.getPort(),
                        address.isUnresolved() ? "no such host is known" : cause.getMessage());
    }
}
