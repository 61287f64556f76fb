package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.it.nacos.NacosClient;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.RegistryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;

/** Three servers that are each other's members. */
final class Cluster implements AutoCloseable {
    /** For tests that are not about elections: a busy machine must not cause any. A leader whose process is gone is replaced at once all the same. */
    static final String SLOW_ELECTIONS = "--election-timeout=3s";

    private final List<Node> nodes;

    /** A cluster that is not running yet; {@code flags} are for every node. */
    Cluster(Path dir, String... flags) {
        nodes = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> new Node("s" + i, dir.resolve("s" + i)))
                .toList();
        String members = nodes.stream().map(Node::member).collect(Collectors.joining(","));
        for (Node node : nodes) {
            List<String> own =
                    List.of("--node-id=" + node.id(), "--members=" + members, "--data-dir=" + node.dataDir());
            node.configure(IntStream.range(0, own.size() + flags.length)
                    .mapToObj(i -> i < own.size() ? own.get(i) : flags[i - own.size()])
                    .toList());
        }
    }

    /** Waits for a condition that a cluster reaches within seconds, unless the machine is very busy. That a server refuses, or is not heard of, is no end. */
    static ConditionFactory eventually() {
        return await().atMost(GemelProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .pollInSameThread()
                .ignoreExceptionsMatching(
                        thrown -> thrown instanceof RegistryException || thrown instanceof NoSuchElementException);
    }

    List<Node> nodes() {
        return nodes;
    }

    Node node(int number) {
        return nodes.get(number - 1);
    }

    /** Addresses of the client doors, for a client's list of servers. */
    static List<String> addresses(List<Node> nodes) {
        return nodes.stream().map(Node::address).toList();
    }

    /** Addresses as a Nacos client wants them: of the HTTP ports, from which it works out the others. */
    static String nacosAddresses(List<Node> nodes) {
        return nodes.stream().map(node -> Node.HOST + ":" + node.httpPort()).collect(Collectors.joining(","));
    }

    /** A client of {@code version} of nacos-client, with classes of its own, that knows {@code servers}. */
    static NacosClient nacosClient(String version, List<Node> servers) {
        return new NacosClient(version, nacosAddresses(servers));
    }

    /** The running node with most sessions. */
    Node busiest() {
        return nodes.stream()
                .filter(Node::running)
                .max(Comparator.comparingLong(
                        node -> node.status().map(NodeStatus::sessions).orElseThrow()))
                .orElseThrow();
    }

    /** The node that a majority follows as leader. */
    Node leader() {
        return eventually()
                .until(this::leaders, leaders -> leaders.size() == 1)
                .iterator()
                .next();
    }

    private Set<Node> leaders() {
        return nodes.stream()
                .filter(node -> node.running()
                        && node.status()
                                .filter(s -> s.raft().role().equals("leader"))
                                .isPresent())
                .collect(Collectors.toSet());
    }

    /** The nodes but these. */
    List<Node> others(Node... left) {
        return nodes.stream().filter(node -> !List.of(left).contains(node)).toList();
    }

    /** Starts what is not running, and waits until all are ready and agree. */
    void heal() {
        nodes.stream().filter(node -> !node.running()).forEach(Node::start);
        nodes.forEach(Node::awaitReady);
        awaitAgreement();
    }

    /** Waits until every node has all of every origin and of the log, with equal digests and state hashes. */
    void awaitAgreement() {
        eventually().untilAsserted(() -> assertThat(disagreement()).isEmpty());
    }

    /** Waits until every node holds the present origin of every other, and none of the past. While somebody writes, their positions differ. */
    void awaitOrigins() {
        eventually().untilAsserted(() -> {
            Set<Set<String>> held = new HashSet<>();
            for (Node node : nodes) {
                List<NodeStatus.Origin> origins = node.status().orElseThrow().origins();
                assertThat(origins)
                        .as("at %s", node)
                        .hasSize(nodes.size())
                        .allMatch(origin -> Set.of("own", "live").contains(origin.state()));
                held.add(origins.stream()
                        .map(origin -> origin.node() + "/" + origin.incarnation())
                        .collect(Collectors.toSet()));
            }
            assertThat(held).hasSize(1);
        });
    }

    /** What the nodes tell differently from each other; empty if they agree. */
    private Set<String> disagreement() {
        Set<String> problems = new TreeSet<>();
        Set<String> raft = new TreeSet<>();
        Set<Set<String>> origins = new HashSet<>();
        for (Node node : nodes) {
            Optional<NodeStatus> answer = node.status();
            if (answer.isEmpty()) {
                problems.add(node + " does not answer");
                continue;
            }
            NodeStatus status = answer.get();
            if (!status.ready()) {
                problems.add(node + " is not ready: " + status.reason());
            }
            raft.add(status.raft().appliedIndex() + " " + status.raft().stateHash());
            origins.add(status.origins().stream().map(Cluster::position).collect(Collectors.toSet()));
        }
        if (raft.size() != 1) {
            problems.add("persistent state differs: " + raft);
        }
        if (origins.size() != 1) {
            problems.add("origins differ: " + origins);
        }
        return problems;
    }

    private static String position(NodeStatus.Origin origin) {
        return "%s/%d@%d %s %d entries"
                .formatted(origin.node(), origin.incarnation(), origin.sequence(), origin.digest(), origin.entries());
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }
}
