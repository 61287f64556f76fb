package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.wire.Changes;
import io.gemel.consistency.wire.OriginChange;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Distro promises, in simulated time. */
class DistroSimulationTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Duration CONVERGENCE = Duration.ofSeconds(12); // down 3 s + grace 5 s + resume 2 s, and slack
    private static final int SEEDS = 300;

    @Test
    void aRegistrationReachesEveryNodeAndLeavesWithItsClient() {
        SimulatedCluster cluster = warm(1);
        SimulatedClient client = client(cluster, 1);
        client.register(ORDERS, instance(1));
        cluster.run(Duration.ofMillis(500));
        assertEveryNodeShows(cluster, Set.of(instance(1)));

        client.kill();
        cluster.run(Duration.ofSeconds(3));
        assertEveryNodeShows(cluster, Set.of());
    }

    @Test
    void aClientThatMovesWhenItsServerDiesIsNeverMissing() {
        for (long seed = 0; seed < 50; seed++) {
            SimulatedCluster cluster = warm(seed);
            SimulatedClient client = client(cluster, 1);
            client.register(ORDERS, instance(1));
            cluster.run(Duration.ofSeconds(1));

            crash(cluster.node(1), List.of(client));
            cluster.run(CONVERGENCE, () -> {
                assertShows(cluster.node(2), Set.of(instance(1)));
                assertShows(cluster.node(3), Set.of(instance(1)));
            });
            cluster.node(1).start();
            cluster.run(Duration.ofSeconds(5), () -> assertShows(cluster.node(2), Set.of(instance(1))));
            assertEveryNodeShows(cluster, Set.of(instance(1)));
        }
    }

    @Test
    void aServerThatRestartsAtOnceDoesNotTakeItsClientsInstancesDownMeanwhile() {
        for (long seed = 0; seed < 50; seed++) {
            SimulatedCluster cluster = warm(seed);
            SimulatedClient client = client(cluster, 1);
            client.register(ORDERS, instance(1));
            cluster.run(Duration.ofSeconds(1));

            crash(cluster.node(1), List.of(client));
            cluster.run(SimulatedCluster.STEP);
            cluster.node(1).start();
            cluster.run(CONVERGENCE, () -> {
                assertShows(cluster.node(2), Set.of(instance(1)));
                assertShows(cluster.node(3), Set.of(instance(1)));
            });
        }
    }

    @Test
    void aMinorityExpiresNothingAndKeepsAccepting() {
        SimulatedCluster cluster = warm(2);
        SimulatedClient elsewhere = client(cluster, 1);
        elsewhere.register(ORDERS, instance(1));
        SimulatedClient here = client(cluster, 3);
        cluster.run(Duration.ofSeconds(1));

        cluster.isolate(cluster.node(3));
        here.register(ORDERS, instance(2));
        cluster.run(Duration.ofSeconds(60));
        assertShows(cluster.node(3), Set.of(instance(1), instance(2)));
        assertThat(cluster.node(3).core.seesMajority()).isFalse();
        assertShows(cluster.node(1), Set.of(instance(1)));

        cluster.heal();
        cluster.run(Duration.ofSeconds(2));
        assertEveryNodeShows(cluster, Set.of(instance(1), instance(2)));
    }

    @Test
    void whatAMovedClientLeftOnACutOffNodeDoesNotComeBack() {
        SimulatedCluster cluster = warm(3);
        SimulatedClient client = client(cluster, 1);
        client.register(ORDERS, instance(1));
        cluster.run(Duration.ofSeconds(1));

        crash(cluster.node(1), List.of());
        crash(cluster.node(2), List.of());
        client.serverLost();
        client.connect(cluster.node(3));
        cluster.run(Duration.ofSeconds(10));
        assertShows(cluster.node(3), Set.of(instance(1)));
        assertThat(cluster.node(3).core.seesMajority()).isFalse();

        client.deregister(ORDERS);
        cluster.run(Duration.ofSeconds(10), () -> assertShows(cluster.node(3), Set.of()));
    }

    @Test
    void aNodeThatHearsLateOfWhatAClosedSessionLeftElsewhereDoesNotShowIt() {
        SimulatedCluster cluster = warm(4);
        SimulatedClient client = client(cluster, 1);
        client.register(ORDERS, instance(1));
        cluster.run(Duration.ofSeconds(1));

        cluster.cut(cluster.node(1), cluster.node(2));
        client.moveUnnoticedTo(cluster.node(2));
        cluster.run(Duration.ofSeconds(1));
        client.close();
        cluster.run(Duration.ofSeconds(1));
        assertShows(cluster.node(1), Set.of(instance(1)));

        cluster.node(3).crash();
        cluster.node(3).start();
        cluster.run(Duration.ofSeconds(4));
        assertThat(cluster.node(3).warm()).isTrue();
        assertShows(cluster.node(3), Set.of());
        cluster.heal();
        cluster.run(Duration.ofSeconds(60));
        assertEveryNodeShows(cluster, Set.of());
        assertThat(cluster.node(2).own.log().entries()).isZero();
    }

    @Test
    void aPeerFurtherBehindThanRemovalsAreRememberedGetsASnapshot() {
        DistroConfig config = new DistroConfig(
                Duration.ofMillis(500), Duration.ofMillis(1_500), Duration.ofSeconds(3), Duration.ofSeconds(60), 2, 3);
        SimulatedCluster cluster = new SimulatedCluster(3, 4, config);
        cluster.run(Duration.ofSeconds(4));
        List<SimulatedClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(client(cluster, 1));
            clients.get(i).register(ORDERS, instance(i));
        }
        cluster.run(Duration.ofSeconds(1));

        cluster.cut(cluster.node(1), cluster.node(2));
        clients.subList(0, 15).forEach(client -> client.deregister(ORDERS));
        cluster.run(Duration.ofSeconds(5));
        cluster.heal();
        cluster.run(Duration.ofSeconds(2));
        assertEveryNodeShows(
                cluster,
                clients.subList(15, 20).stream()
                        .map(client -> client.held().get(ORDERS))
                        .collect(Collectors.toSet()));
        assertDigestsAgree(cluster);
    }

    @Test
    void aCopyThatDiffersIsFoundByItsDigestAndHealed() {
        SimulatedCluster cluster = warm(5);
        SimulatedClient client = client(cluster, 1);
        client.register(ORDERS, instance(1));
        cluster.run(Duration.ofSeconds(1));

        SimulatedNode damaged = cluster.node(2);
        long applied = cluster.node(1).own.log().sequence();
        OriginMessage forged = OriginMessage.newBuilder()
                .setChanges(Changes.newBuilder()
                        .setPrevious(applied)
                        .setLast(applied)
                        .addChange(OriginChange.newBuilder()
                                .setRemove(OriginEntries.key(
                                                client.session(),
                                                ORDERS,
                                                instance(1).key())
                                        .toByteString())))
                .build();
        damaged.execute(() -> damaged.core.received("s1", forged));
        damaged.runLoop();
        assertShows(damaged, Set.of());

        cluster.run(Duration.ofSeconds(2));
        assertEveryNodeShows(cluster, Set.of(instance(1)));
        assertDigestsAgree(cluster);
    }

    @Test
    void afterAnyScheduleOfFaultsAllNodesShowWhatLivingClientsHold() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedCluster cluster = warm(seed);
            List<SimulatedClient> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                clients.add(client(cluster, 1 + i % 3));
            }
            for (int step = 0; step < 30; step++) {
                disturb(cluster, clients);
                cluster.run(Duration.ofMillis(cluster.random.nextInt(1_500)));
            }
            cluster.heal();
            cluster.nodes.stream().filter(node -> !node.up).forEach(SimulatedNode::start);
            cluster.run(CONVERGENCE);

            Map<ServiceId, Set<Instance>> held = new TreeMap<>();
            clients.stream()
                    .filter(client -> client.alive)
                    .forEach(client -> client.held()
                            .forEach((service, instance) -> held.computeIfAbsent(service, s -> new HashSet<>())
                                    .add(instance)));
            for (int service = 0; service < 3; service++) {
                ServiceId id = ServiceId.of("service-" + service);
                for (SimulatedNode node : cluster.nodes) {
                    assertThat(Set.copyOf(node.index.view(id).instances()))
                            .as("seed %d, %s at %s", seed, id, node.id())
                            .isEqualTo(held.getOrDefault(id, Set.of()));
                }
            }
            // The records of sessions that ended are erased later; then nothing changes any more.
            cluster.run(cluster.config.recordRetention());
            assertDigestsAgree(cluster);
        }
    }

    private static void disturb(SimulatedCluster cluster, List<SimulatedClient> clients) {
        int number = cluster.random.nextInt(clients.size());
        SimulatedClient client = clients.get(number);
        SimulatedNode node = cluster.nodes.get(cluster.random.nextInt(cluster.nodes.size()));
        SimulatedNode other = cluster.nodes.get(cluster.random.nextInt(cluster.nodes.size()));
        ServiceId service = ServiceId.of("service-" + cluster.random.nextInt(3));
        switch (cluster.random.nextInt(10)) {
            case 0, 1, 2 -> client.register(service, instance(number).withWeight(1 + cluster.random.nextInt(5)));
            case 3 -> client.deregister(service);
            case 4 -> client.disconnect();
            case 5 -> {
                client.kill();
                clients.set(number, client(cluster, 1 + cluster.random.nextInt(3)));
            }
            case 6 -> {
                if (node.up) {
                    crash(node, clients);
                }
            }
            case 7 -> {
                if (!node.up) {
                    node.start();
                }
            }
            case 8 -> {
                if (node != other) {
                    cluster.cut(node, other);
                }
            }
            case 9 -> cluster.heal();
            default -> throw new AssertionError("unreachable");
        }
    }

    private static SimulatedCluster warm(long seed) {
        SimulatedCluster cluster = new SimulatedCluster(3, seed, DistroConfig.DEFAULT);
        cluster.run(Duration.ofSeconds(1));
        assertThat(cluster.nodes).allMatch(SimulatedNode::warm);
        return cluster;
    }

    private static SimulatedClient client(SimulatedCluster cluster, int node) {
        SimulatedClient client = new SimulatedClient(cluster);
        client.connect(cluster.node(node));
        cluster.run(Duration.ofMillis(20));
        return client;
    }

    private static void crash(SimulatedNode node, List<SimulatedClient> clients) {
        List<SimulatedClient> connected =
                clients.stream().filter(client -> client.isConnectedTo(node)).toList();
        node.crash();
        connected.forEach(SimulatedClient::serverLost);
    }

    private static Instance instance(int number) {
        return Instance.ephemeral("10.0.0." + (number + 1), 8080);
    }

    private static void assertEveryNodeShows(SimulatedCluster cluster, Set<Instance> instances) {
        cluster.nodes.forEach(node -> assertShows(node, instances));
    }

    private static void assertShows(SimulatedNode node, Set<Instance> instances) {
        assertThat(Set.copyOf(node.index.view(ORDERS).instances()))
                .as(node.id())
                .isEqualTo(instances);
    }

    /** Every node that holds an origin at the same number holds it with the same digest, and every live origin is whole. */
    private static void assertDigestsAgree(SimulatedCluster cluster) {
        Map<String, Set<String>> positions = new TreeMap<>();
        for (SimulatedNode node : cluster.nodes) {
            for (NodeStatus.Origin origin : node.core.originStatus()) {
                positions
                        .computeIfAbsent(origin.node(), id -> new TreeSet<>())
                        .add(origin.incarnation() + "@" + origin.sequence() + "=" + origin.digest());
            }
        }
        assertThat(positions)
                .allSatisfy((origin, seen) -> assertThat(seen).as(origin).hasSize(1));
    }
}
