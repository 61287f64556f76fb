package io.gemel.consistency.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.consistency.cluster.Live;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.distro.DistroConfig;
import io.gemel.consistency.distro.DistroConsistency;
import io.gemel.naming.Instance;
import io.gemel.naming.LamportClock;
import io.gemel.naming.LeaseRequest;
import io.gemel.naming.LeaseTimes;
import io.gemel.naming.Leases;
import io.gemel.naming.LossGuard;
import io.gemel.naming.Member;
import io.gemel.naming.Publications;
import io.gemel.naming.Readiness;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ThreadLoop;
import io.gemel.naming.Written;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Heartbeats may arrive at any member; one of them keeps the instance. */
class RoutedLeasesTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final List<Instance> MANY = IntStream.rangeClosed(1, 60)
            .mapToObj(i -> Instance.ephemeral("10.0.0." + i, 80))
            .toList();

    private final List<Node> nodes = new ArrayList<>();

    @BeforeEach
    void threeNodes() throws IOException {
        List<Member> all = List.of(member("s1"), member("s2"), member("s3"));
        for (Member self : all) {
            nodes.add(new Node(new Members(self.id(), all)));
        }
        await().untilAsserted(() ->
                assertThat(nodes).allMatch(node -> node.live().members().size() == 3));
    }

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
        assertThat(nodes).allSatisfy(node -> assertThat(node.broken).isNotDone());
    }

    @Test
    void oneMemberKeepsEachInstanceWhereverItsClientSpeaks() {
        for (int i = 0; i < MANY.size(); i++) {
            register(nodes.get(i % 3), MANY.get(i));
        }

        // A member slow to answer is passed over: what was registered meanwhile finds its way back with its heartbeats.
        for (Instance instance : MANY) {
            await().until(() -> nodes.stream().allMatch(node -> beat(node, instance)));
        }
        await().untilAsserted(() -> assertThat(
                        nodes.stream().mapToInt(node -> node.leases.size()).sum())
                .isEqualTo(MANY.size()));
        assertThat(nodes).allMatch(node -> node.leases.size() > 0);
        nodes.forEach(
                node -> await().untilAsserted(() -> assertThat(node.shown()).hasSameElementsAs(MANY)));

        MANY.forEach(instance -> ask(nodes.get(2), new LeaseRequest.Deregister(ORDERS, instance.key())));
        nodes.forEach(
                node -> await().untilAsserted(() -> assertThat(node.shown()).isEmpty()));
    }

    @Test
    void whenItsMemberDiesAnotherTakesItOnAndNobodySeesItMissing() {
        MANY.forEach(instance -> register(nodes.get(0), instance));
        nodes.forEach(
                node -> await().untilAsserted(() -> assertThat(node.shown()).hasSameElementsAs(MANY)));
        Node dead = nodes.remove(2);
        nodes.forEach(Node::watch);
        dead.close();

        MANY.forEach(instance -> beat(nodes.get(0), instance));

        await().untilAsserted(() -> assertThat(
                        nodes.stream().mapToInt(node -> node.leases.size()).sum())
                .isEqualTo(MANY.size()));
        nodes.forEach(node -> await().atMost(Duration.ofSeconds(30))
                .until(() -> node.origin("s3").isEmpty()));
        assertThat(nodes).allSatisfy(node -> {
            assertThat(node.shown()).hasSameElementsAs(MANY);
            assertThat(node.fewest()).isEqualTo(MANY.size());
        });
    }

    @Test
    void aRefusalComesBackFromTheMemberThatKeeps() {
        Instance persistent = Instance.persistent("10.0.0.1", 80);
        nodes.forEach(node -> node.loop.execute(
                () -> node.index.persistent(ORDERS, persistent.key(), Optional.of(new Registration(persistent, 1)))));
        nodes.forEach(node -> await().until(() -> !node.shown().isEmpty()));

        for (Node node : nodes) {
            CompletableFuture<?> answer =
                    node.routed.ask(new LeaseRequest.Register(ORDERS, MANY.get(0), LeaseTimes.USUAL));
            assertThat(answer)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingRootCause()
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            refusal ->
                                    assertThat(refusal.code()).isEqualTo(RegistryException.Code.DURABILITY_CONFLICT));
        }
    }

    private static void register(Node node, Instance instance) {
        assertThat(ask(node, new LeaseRequest.Register(ORDERS, instance, LeaseTimes.USUAL)))
                .isPresent();
    }

    /** As clients do: a heartbeat, and a registration where it is not known. Tells whether it was. */
    private static boolean beat(Node node, Instance instance) {
        boolean known =
                ask(node, new LeaseRequest.Renew(ORDERS, instance.key())).isPresent();
        if (!known) {
            register(node, instance);
        }
        return known;
    }

    private static Optional<Written> ask(Node node, LeaseRequest request) {
        return node.routed.ask(request).join();
    }

    private static Member member(String id) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Member(id, "127.0.0.1", 1, socket.getLocalPort(), 1);
        }
    }

    /** A member: what it keeps, and what it shows of the others. */
    private static final class Node implements AutoCloseable {
        final CompletableFuture<Throwable> broken = new CompletableFuture<>();
        final ThreadLoop loop = new ThreadLoop("naming", 10_000, System::nanoTime, broken::complete);
        final List<Integer> sizes = new CopyOnWriteArrayList<>();
        final ServiceIndex index = new ServiceIndex(loop, this::published);
        final DistroConsistency distro;
        final Leases leases;
        final RoutedLeases routed;
        private final PeerChannels channels;
        private final Server server;
        private final String id;
        private volatile boolean watched;

        Node(Members members) throws IOException {
            id = members.self().id();
            LamportClock clock = new LamportClock();
            Publications publications = new Publications(loop, index, clock);
            channels = new PeerChannels(members);
            distro = new DistroConsistency(
                    new DistroConsistency.Node("test", 1, false, members, DistroConfig.DEFAULT, System::nanoTime),
                    new DistroConsistency.Domain(
                            loop,
                            index,
                            publications,
                            clock,
                            new Readiness("distro"),
                            new LossGuard(index, System::nanoTime, LossGuard.Config.USUAL)),
                    channels::find);
            leases = new Leases(loop, System::nanoTime, new Random(1), 1_000, clock, publications, distro);
            routed = new RoutedLeases("test", members, leases, this::live, channels::find, System::nanoTime);
            server = NettyServerBuilder.forAddress(new InetSocketAddress(
                            members.self().host(), members.self().serverPort()))
                    .directExecutor()
                    .addService(distro.endpoint())
                    .addService(routed.service())
                    .build()
                    .start();
            distro.start();
            routed.start(loop);
        }

        Live live() {
            return Live.of(id, distro.status().members());
        }

        List<Instance> shown() {
            return index.view(ORDERS).instances();
        }

        /** In which state it holds the origin of {@code node}; empty if it does not. */
        String origin(String node) {
            return distro.status().origins().stream()
                    .filter(origin -> origin.node().equals(node))
                    .map(origin -> origin.state())
                    .findFirst()
                    .orElse("");
        }

        void watch() {
            sizes.add(shown().size());
            watched = true;
        }

        int fewest() {
            return sizes.stream().mapToInt(Integer::intValue).min().orElseThrow();
        }

        private void published(List<ServiceView> views) {
            if (watched) {
                views.forEach(view -> sizes.add(view.instances().size()));
            }
        }

        @Override
        public void close() {
            distro.close();
            channels.close();
            server.shutdownNow();
            loop.close();
        }
    }
}
