package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.LamportClock;
import io.gemel.naming.LossGuard;
import io.gemel.naming.Member;
import io.gemel.naming.Publications;
import io.gemel.naming.Publisher;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ThreadLoop;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The ephemeral side of one node: a loop, a server on loopback, and links to the others. */
final class DistroNode implements AutoCloseable {
    static final ServiceId ORDERS = ServiceId.of("orders");

    final Members members;
    final CompletableFuture<Throwable> broken = new CompletableFuture<>();
    final ThreadLoop loop = new ThreadLoop("naming", 1_000, System::nanoTime, broken::complete);
    final ServiceIndex index = new ServiceIndex(loop, views -> {});
    final Readiness readiness;
    final DistroConsistency distro;
    final PeerChannels channels;
    final Server server;

    DistroNode(Members members, long incarnation) throws IOException {
        this(members, incarnation, DistroConfig.DEFAULT, new Readiness("distro"));
    }

    DistroNode(Members members, long incarnation, DistroConfig config, Readiness readiness) throws IOException {
        this.members = members;
        this.readiness = readiness;
        LamportClock clock = new LamportClock();
        channels = new PeerChannels(members);
        distro = new DistroConsistency(
                new DistroConsistency.Node("test", incarnation, incarnation > 1, members, config, System::nanoTime),
                new DistroConsistency.Domain(
                        loop,
                        index,
                        new Publications(loop, index, clock),
                        clock,
                        readiness,
                        new LossGuard(index, System::nanoTime, LossGuard.Config.USUAL)),
                channels::find);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(
                        members.self().host(), members.self().serverPort()))
                .directExecutor()
                .addService(distro.endpoint())
                .build()
                .start();
        distro.start();
    }

    /** A member that listens on a port that is free now. */
    static Member member(String id) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Member(id, "127.0.0.1", 1, socket.getLocalPort(), 1);
        }
    }

    /** It is told who the members are. */
    void become(Set<String> learners, Member... all) {
        members.become(List.of(all), learners);
    }

    /** A client of this node registers at {@link #ORDERS}. */
    void register(Instance instance) {
        Publisher session = new Publisher("session of " + instance.key(), 1);
        distro.write(new Change.SessionOpened(session, false)).join();
        distro.write(new Change.Register(ORDERS, List.of(instance), session)).join();
    }

    List<Instance> shown() {
        return index.view(ORDERS).instances();
    }

    /** What it thinks of the member {@code id}; empty if it does not know one. */
    String state(String id) {
        return distro.status().members().stream()
                .filter(member -> member.id().equals(id))
                .map(member -> member.state())
                .findFirst()
                .orElse("");
    }

    /** In which state it holds the origin of {@code id}; empty if it does not. */
    String origin(String id) {
        return distro.status().origins().stream()
                .filter(origin -> origin.node().equals(id))
                .map(origin -> origin.state())
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        distro.close();
        channels.close();
        server.shutdownNow();
        loop.close();
    }
}
