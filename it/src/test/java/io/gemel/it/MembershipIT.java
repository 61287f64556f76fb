package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers come, move and go while clients work, as operators ask for it. */
class MembershipIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final ServiceId LEDGER = ServiceId.of("ledger");
    private static final Duration STOP = Duration.ofSeconds(30);

    private Cluster cluster;
    private NamingService client;

    @BeforeEach
    void start() {
        cluster = SANDBOX.cluster(Cluster.SLOW_ELECTIONS);
        cluster.heal();
        client = SANDBOX.client(cluster.nodes());
        client.register("orders", Instance.ephemeral("10.1.0.1", 80));
        client.register("ledger", Instance.persistent("10.1.0.2", 80));
    }

    @Test
    void oneServerIsReplacedByAnotherWhileWatchersSeeNoGap() {
        ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
        AtomicInteger seen = new AtomicInteger();
        client.subscribe("orders", view -> {
            sizes.add(view.instances().size());
            seen.set(view.instances().size());
        });
        eventually().until(() -> seen.get() == 1);
        Node leaves = cluster.leader();
        Node comes = joining("s4", cluster.nodes());
        comes.start();

        GemelProcess.Ended replaced = gemel("replace", leaves.id(), comes.member());

        assertThat(replaced.exitCode()).as(replaced.err()).isZero();
        comes.awaitReady();
        leaves.terminate(STOP);
        List<Node> now =
                List.of(cluster.others(leaves).get(0), cluster.others(leaves).get(1), comes);
        for (Node node : now) {
            eventually().untilAsserted(() -> {
                assertThat(members(node)).containsExactlyInAnyOrderElementsOf(ids(now));
                assertThat(node.instances(ORDERS)).hasSize(1);
                assertThat(node.instances(LEDGER, ReadLevel.LINEARIZABLE)).hasSize(1);
                assertThat(status(node).origins())
                        .extracting(NodeStatus.Origin::node)
                        .doesNotContain(leaves.id());
            });
        }
        client.register("ledger", Instance.persistent("10.1.0.3", 80));
        cluster.others(leaves).get(0).kill();
        Instance last = Instance.persistent("10.1.0.4", 80);
        eventually().until(() -> client.register("ledger", last).revision() > 0);
        eventually()
                .untilAsserted(() -> assertThat(comes.instances(LEDGER, ReadLevel.LINEARIZABLE))
                        .hasSize(3));
        assertThat(sizes).doesNotContain(0);
    }

    @Test
    void aServerThatWasRemovedSaysSoAndIsNeverTakenInAgain() {
        Node removed = cluster.others(cluster.leader()).get(0);
        List<Node> others = cluster.others(removed);
        removed.kill();
        GemelProcess.Ended first = gemelAt(others, "remove", removed.id());
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(gemelAt(others, "remove", removed.id()).exitCode()).isZero();

        removed.start();

        eventually().until(() -> removed.process().err().contains("this node was removed from the cluster"));
        GemelProcess.Ended refused = gemelAt(others, "add", removed.member());
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("ids are not used again");
    }

    @Test
    void serversThatComeBackAtOtherPortsAreFoundThereThoughEachIsToldOfItsOwnMoveOnly() {
        Node stays = cluster.leader();
        List<Node> movers = cluster.others(stays);
        List<Node> moved = movers.stream().map(this::move).toList();

        client.register("ledger", Instance.persistent("10.1.0.3", 80));
        for (Node node : List.of(stays, moved.get(0), moved.get(1))) {
            eventually().untilAsserted(() -> {
                assertThat(status(node).members())
                        .extracting(NodeStatus.Member::clientAddress)
                        .containsExactlyInAnyOrder(
                                stays.address(),
                                moved.get(0).address(),
                                moved.get(1).address());
                assertThat(node.instances(ORDERS)).hasSize(1);
                assertThat(node.instances(LEDGER, ReadLevel.LINEARIZABLE)).hasSize(2);
                assertThat(status(node).origins()).hasSize(3);
            });
        }
    }

    /** Stops {@code before} and starts it elsewhere; its command line says of the others what it said at first. */
    private Node move(Node before) {
        before.terminate(STOP);
        Node after = SANDBOX.node(before.id());
        String others = cluster.others(before).stream().map(Node::member).collect(Collectors.joining(","));
        after.configure(List.of(
                "--node-id=" + before.id(),
                "--members=" + after.member() + "," + others,
                "--data-dir=" + before.dataDir()));
        after.start();
        after.awaitReady();
        return after;
    }

    @Test
    void whenAMajorityIsLostForGoodTheRestGoesOnAfterARehearsal() {
        Node survivor = cluster.node(1);
        cluster.awaitAgreement();
        cluster.others(survivor).forEach(Node::kill);
        eventually().until(() -> status(survivor).raft().leader().isEmpty());

        GemelProcess.Ended rehearsed = gemelAt(List.of(survivor), "recover", "--keep=" + survivor.id());
        assertThat(rehearsed.exitCode()).as(rehearsed.err()).isZero();
        assertThat(rehearsed.out()).contains("Nothing is done yet", "s2", "s3");
        assertThat(status(survivor).raft().leader()).isEmpty();
        GemelProcess.Ended done = gemelAt(List.of(survivor), "recover", "--keep=" + survivor.id(), "--yes");

        assertThat(done.exitCode()).as(done.err()).isZero();
        eventually().until(() -> members(survivor).equals(List.of(survivor.id())));
        assertThat(survivor.instances(LEDGER, ReadLevel.LINEARIZABLE)).hasSize(1);
        SANDBOX.client(survivor).register("ledger", Instance.persistent("10.1.0.3", 80));
        Node second = joining("s4", List.of(survivor));
        second.start();
        second.awaitReady();
        eventually().untilAsserted(() -> assertThat(second.instances(LEDGER)).hasSize(2));
    }

    /** A server with an empty directory that is to join the cluster of {@code known}. */
    private static Node joining(String id, List<Node> known) {
        Node node = SANDBOX.node(id);
        node.configure(List.of(
                "--node-id=" + id,
                "--join=" + String.join(",", Cluster.addresses(known)),
                "--host=" + Node.HOST,
                "--client-port=" + node.clientPort(),
                "--server-port=" + node.serverPort(),
                "--raft-port=" + node.raftPort(),
                "--data-dir=" + node.dataDir()));
        return node;
    }

    private GemelProcess.Ended gemel(String... arguments) {
        return gemelAt(cluster.nodes(), arguments);
    }

    private static GemelProcess.Ended gemelAt(List<Node> servers, String... arguments) {
        List<String> all = new ArrayList<>(List.of("cluster"));
        all.addAll(List.of(arguments));
        all.add("--server=" + String.join(",", Cluster.addresses(servers)));
        return SANDBOX.gemel(all.toArray(String[]::new));
    }

    private static List<String> members(Node node) {
        return status(node).members().stream().map(NodeStatus.Member::id).toList();
    }

    private static List<String> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    private static NodeStatus status(Node node) {
        return node.status().orElseThrow(() -> new AssertionError(node + " does not answer"));
    }
}
