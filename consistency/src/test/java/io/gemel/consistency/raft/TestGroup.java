package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** A group of nodes in this process, on loopback ports chosen now. */
final class TestGroup implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    /** Which of the JVMs that run tests side by side this is: 1 to 4, or 0 where there is no other. */
    private static final int SHARE = Integer.getInteger("gemel.ports", 0);

    private static final int LOWEST_PORT = 10_000;
    private static final int PORTS = 22_000;

    final List<TestNode> nodes;

    TestGroup(int size, Path directory, Duration snapshotInterval) throws IOException {
        this(size, directory, RaftConfig.Storage.USUAL.withInterval(snapshotInterval));
    }

    TestGroup(int size, Path directory, RaftConfig.Storage storage) throws IOException {
        List<Integer> ports = freePorts(3 * size);
        List<Member> all = IntStream.range(0, size)
                .mapToObj(i -> new Member(
                        "s" + (i + 1), "127.0.0.1", ports.get(3 * i), ports.get(3 * i + 1), ports.get(3 * i + 2)))
                .toList();
        nodes = all.stream()
                .map(member -> new TestNode(new Members(member.id(), all), directory.resolve(member.id()), storage))
                .toList();
    }

    /** All nodes started, with a leader, and ready. */
    static TestGroup started(int size, Path directory) throws IOException {
        TestGroup group = new TestGroup(size, directory, Duration.ofHours(1));
        group.nodes.forEach(TestNode::start);
        group.awaitReady();
        return group;
    }

    void awaitReady() {
        await().atMost(PATIENCE).until(() -> nodes.stream().filter(TestNode::up).allMatch(TestNode::ready));
    }

    TestNode leader() {
        await().atMost(PATIENCE)
                .until(() -> nodes.stream().filter(TestNode::leads).count() == 1);
        return nodes.stream().filter(TestNode::leads).findFirst().orElseThrow();
    }

    TestNode follower() {
        TestNode leader = leader();
        return nodes.stream()
                .filter(node -> node.up() && node != leader)
                .findFirst()
                .orElseThrow();
    }

    /** Waits until all nodes have applied the same index, then compares their state hashes. */
    void assertConverged() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var states = nodes.stream()
                    .filter(TestNode::up)
                    .map(node -> node.raft().status())
                    .map(status -> status.appliedIndex() + ":" + status.stateHash())
                    .distinct()
                    .toList();
            assertThat(states).hasSize(1);
        });
        nodes.forEach(node -> assertThat(node.failures).isEmpty());
    }

    /**
     * Ports at which nobody listens, none of which is given twice: not all are listened at, and two nodes must not share one. They are below those from
     * which systems choose for outgoing connections, so that a node that is started again finds its ports free.
     */
    static List<Integer> freePorts(int count) {
        List<Integer> ports = new ArrayList<>();
        int own = SHARE == 0 ? PORTS : PORTS / 4;
        int lowest = LOWEST_PORT + Math.max(0, SHARE - 1) * own;
        while (ports.size() < count) {
            int port = lowest + ThreadLocalRandom.current().nextInt(own);
            if (isFree(port) && GIVEN.add(port)) {
                ports.add(port);
            }
        }
        return ports;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        nodes.forEach(TestNode::close);
    }
}
