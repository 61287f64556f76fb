package io.gemel.transport.nacos;

import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.gemel.naming.LeaseService;
import io.gemel.naming.Naming;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Ticker;
import io.gemel.typed.TypedCodec;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * The HTTP port of a node: Nacos's HTTP API, and the datagrams to clients of 1.x.
 *
 * <p>Handlers run on event loops and never block them. What a client can make the server hold is bounded: 1 MiB a body, 64 KiB a line, 16 KiB of
 * headers, 20,000 connections. Who does not finish a request within 10 s, or is silent for 60 s, is cut off.
 */
public final class NacosHttpServer implements AutoCloseable {
    private static final long BODY_BYTES_MAX = 1 << 20;
    private static final int LINE_BYTES_MAX = 64 * 1024;
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final int CONNECTIONS_MAX = 20_000;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    private static final int THREADS = 2;

    /** What of Armeria costs memory and time at the start and is of no use here: native transports, TLS of its own, looks at the network. */
    private static final Map<String, String> LEAN = Map.of(
            "com.linecorp.armeria.transportType", "nio",
            "com.linecorp.armeria.useOpenSsl", "false",
            "com.linecorp.armeria.warnNettyVersions", "false");

    private final Server server;
    private final UdpPush push;
    private final HttpRoutes routes;
    private final EventLoopGroup loops;

    /**
     * What the API is made of.
     *
     * @param ticker for how long ago clients asked
     * @param clock the wall clock, by which clients tell newer lists from older ones
     * @param notice the one that all doors give
     */
    public record Parts(
            Naming naming,
            LeaseService leases,
            NodeStatus.Source status,
            TypedCodec codec,
            Ticker ticker,
            InstantSource clock,
            ConfigNotice notice) {}

    private NacosHttpServer(Server server, UdpPush push, HttpRoutes routes, EventLoopGroup loops) {
        this.server = server;
        this.push = push;
        this.routes = routes;
        this.loops = loops;
    }

    /**
     * Binds the port and serves.
     *
     * @param port 0 for any free one, see {@link #port()}
     * @throws IllegalStateException if the port cannot be bound; the message names it and says what to do
     */
    public static NacosHttpServer start(String host, int port, Parts parts) {
        return start(host, port, parts, REQUEST_TIMEOUT);
    }

    static NacosHttpServer start(String host, int port, Parts parts, Duration requestTimeout) {
        LEAN.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        EventLoopGroup loops = EventLoopGroups.newEventLoopGroup(THREADS, "gemel-http", true);
        InetSocketAddress address = new InetSocketAddress(host, port);
        try {
            return start(address, parts, requestTimeout, loops);
        } catch (CompletionException e) {
            var unused = loops.shutdownGracefully();
            throw new IllegalStateException(cannotBind(address, e), e);
        }
    }

    private static NacosHttpServer start(
            InetSocketAddress address, Parts parts, Duration requestTimeout, EventLoopGroup loops) {
        RefTime times = new RefTime(parts.clock());
        UdpPush push = new UdpPush(parts.naming(), loops.next(), address.getHostString(), parts.ticker(), times);
        HttpRoutes routes = HttpApi.routes(parts, push, new HttpApi.Place(address.getPort(), times));
        Server server = server(address, loops, new HttpDoor(routes), requestTimeout);
        boolean started = false;
        try {
            server.start().join();
            started = true;
        } finally {
            if (!started) {
                push.close();
            }
        }
        return new NacosHttpServer(server, push, routes, loops);
    }

    private static Server server(
            InetSocketAddress address, EventLoopGroup loops, HttpDoor door, Duration requestTimeout) {
        ServerBuilder builder = Server.builder()
                .http(address)
                .workerGroup(loops, false)
                .maxRequestLength(BODY_BYTES_MAX)
                .http1MaxInitialLineLength(LINE_BYTES_MAX)
                .http1MaxHeaderSize(HEADER_BYTES_MAX)
                .http2MaxHeaderListSize(LINE_BYTES_MAX)
                .maxNumConnections(CONNECTIONS_MAX)
                .requestTimeout(requestTimeout)
                .idleTimeout(IDLE_TIMEOUT)
                .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO)
                .disableServerHeader()
                .verboseResponses(false)
                .serviceUnder("/", door);
        return builder.build();
    }

    /** The port that was bound. */
    public int port() {
        return server.activeLocalPort();
    }

    /** All that it answers. */
    HttpRoutes routes() {
        return routes;
    }

    /** Takes no more connections and ends those that are there. Does not wait for the threads, which end within seconds. */
    @Override
    public void close() {
        push.close();
        var unused = server.stop().thenRun(this::stopLoops);
    }

    private void stopLoops() {
        var unused = loops.shutdownGracefully();
    }

    private static String cannotBind(InetSocketAddress address, Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause(); // the operating system's word stands at the root
        }
        return "http port: cannot bind %s:%d: %s (stop what listens there, or choose another port or address)"
                .formatted(
                        address.getHostString(),
                        address.getPort(),
                        address.isUnresolved() ? "no such host is known" : cause.getMessage());
    }
}
