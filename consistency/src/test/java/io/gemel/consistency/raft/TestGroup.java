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
import java.util.stream.IntStream;

/** A group of nodes in this process, on loopback ports chosen now. */
final class TestGroup implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

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

    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    @Override
    public void close() {
        nodes.forEach(TestNode::close);
    }
}
