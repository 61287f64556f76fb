package io.gemel.transport.grpc;

import io.gemel.naming.AtOnceConsistency;
import io.gemel.naming.LamportClock;
import io.gemel.naming.Naming;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Publications;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import io.gemel.naming.ThreadLoop;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A registry of one node behind its door on a free loopback port, with sessions in simulated time. */
final class OneNode implements AutoCloseable {
    static final Duration RESUME_WINDOW = Duration.ofSeconds(2);
    static final int SESSIONS_MAX = 20;
    static final int WATCHES_MAX = 10_000;
    static final NodeStatus STATUS = new NodeStatus(
            "s1",
            "gemel",
            "0.1.0",
            true,
            "",
            List.of(new NodeStatus.Member("s1", "127.0.0.1:9848", "self", "voter")),
            new NodeStatus.Raft("leader", "s1", 3, 17, 16, "00ff"),
            List.of(new NodeStatus.Origin("s1", 2, 40, "abcd", 5, "own")),
            1,
            2,
            3,
            NodeStatus.Guard.NONE);

    final AtomicLong sessionNanos = new AtomicLong();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final List<String> members = new CopyOnWriteArrayList<>(List.of("127.0.0.1:9848"));
    final ThreadLoop loop = new ThreadLoop("naming", 10_000, System::nanoTime, failures::add);
    final ThreadLoop push = new ThreadLoop("push", 10_000, System::nanoTime, failures::add);
    final AtOnceConsistency consistency;
    final ServiceIndex index;
    final Sessions sessions;
    final Naming naming;
    final Readiness readiness = new Readiness();
    final RegistryDoor door;
    final DoorServer server;
    private final List<ManagedChannel> channels = new ArrayList<>();

    OneNode() {
        Subscriptions subscriptions = new Subscriptions(push);
        LamportClock clock = new LamportClock();
        index = new ServiceIndex(loop, subscriptions::published);
        Publications publications = new Publications(loop, index, clock);
        consistency = new AtOnceConsistency(loop, index, publications, clock);
        sessions = new Sessions(
                loop,
                sessionNanos::get,
                new SecureRandom(),
                new Sessions.Config(RESUME_WINDOW, SESSIONS_MAX),
                clock,
                publications,
                consistency);
        naming = new Naming(consistency, index, subscriptions, sessions, readiness);
        door = new RegistryDoor(naming, loop, () -> STATUS, () -> members, "s1", RESUME_WINDOW, WATCHES_MAX);
        server = DoorServer.start("client", "127.0.0.1", 0, List.of(door, new OperatorDoor(naming)));
    }

    /** A connection of its own. */
    ManagedChannel connect() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .directExecutor()
                .build();
        channels.add(channel);
        return channel;
    }

    RegistryGrpc.RegistryBlockingStub calls() {
        return RegistryGrpc.newBlockingStub(connect()).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    /** A client whose session is open. */
    StreamClient open() {
        StreamClient client = new StreamClient(connect());
        client.open();
        return client;
    }

    void afterTheResumeWindow() {
        sessionNanos.addAndGet(RESUME_WINDOW.toNanos() + 1);
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.close();
        loop.close();
        push.close();
    }
}
