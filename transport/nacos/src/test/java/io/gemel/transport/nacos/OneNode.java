package io.gemel.transport.nacos;

import io.gemel.naming.AtOnceConsistency;
import io.gemel.naming.LamportClock;
import io.gemel.naming.Naming;
import io.gemel.naming.Publications;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import io.gemel.naming.ThreadLoop;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A registry of one node behind the Nacos door on a free loopback port, in simulated time. */
final class OneNode implements AutoCloseable {
    static final Duration RESUME_WINDOW = Duration.ofSeconds(2);
    private static final String LOOPBACK = "127.0.0.1";

    final AtomicLong nanos = new AtomicLong();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final ThreadLoop loop = new ThreadLoop("naming", 10_000, System::nanoTime, failures::add);
    final ThreadLoop push = new ThreadLoop("push", 10_000, System::nanoTime, failures::add);
    final Readiness readiness = new Readiness();
    final ConfigNotice notice = new ConfigNotice();
    final Sessions sessions;
    final Naming naming;
    final NacosDoor door;
    private final Server server;
    private final List<NacosClient> clients = new ArrayList<>();

    OneNode() {
        Subscriptions subscriptions = new Subscriptions(push);
        LamportClock clock = new LamportClock();
        ServiceIndex index = new ServiceIndex(loop, subscriptions::published);
        Publications publications = new Publications(loop, index, clock);
        AtOnceConsistency consistency = new AtOnceConsistency(loop, index, publications, clock);
        sessions = new Sessions(
                loop,
                nanos::get,
                new SecureRandom(),
                new Sessions.Config(RESUME_WINDOW, 20),
                clock,
                publications,
                consistency);
        naming = new Naming(consistency, index, subscriptions, sessions, readiness);
        door = new NacosDoor(
                naming, push, nanos::get, InstantSource.fixed(Instant.EPOCH.plusSeconds(1_000_000)), notice);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addTransportFilter(door.transports());
        door.services().forEach(builder::addService);
        try {
            server = builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that has a transport, and no connection yet. */
    NacosClient client() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(LOOPBACK, server.getPort())
                .usePlaintext()
                .directExecutor()
                .build();
        NacosClient client = new NacosClient(channel);
        clients.add(client);
        return client;
    }

    /** A client of the naming module with a connection. */
    NacosClient connected() {
        NacosClient client = client();
        client.connect("naming");
        return client;
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Override
    public void close() {
        clients.forEach(NacosClient::close);
        server.shutdownNow();
        try {
            server.awaitTermination(); // connections say goodbye to the loops
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.close();
        push.close();
    }
}
