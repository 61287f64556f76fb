package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.RegistryException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What each member says of itself and the others, asked at about the same time.
 *
 * @param nodes one per member, in the members' order
 */
public record ClusterView(List<Node> nodes) {
    /** Copies the list. */
    public ClusterView {
        nodes = List.copyOf(nodes);
    }

    /**
     * One member.
     *
     * @param status what it says; empty if it does not answer
     * @param problem why it does not answer; empty if it does
     */
    public record Node(String id, String address, Optional<NodeStatus> status, String problem) {}

    /** Asks one server for the members, then each of them. Throws {@link RegistryException} if no server answers. */
    public static ClusterView ask(NamingService client) {
        List<CompletableFuture<Node>> nodes = new ArrayList<>();
        for (NodeStatus.Member member : client.status().members()) {
            nodes.add(client.statusAsync(member.clientAddress())
                    .handle((status, failure) -> status != null
                            ? answered(member.clientAddress(), status)
                            : new Node(member.id(), member.clientAddress(), Optional.empty(), problem(failure))));
        }
        return new ClusterView(nodes.stream().map(CompletableFuture::join).toList());
    }

    /** A member that answers. */
    public static Node answered(String address, NodeStatus status) {
        return new Node(status.nodeId(), address, Optional.of(status), "");
    }

    private static String problem(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RegistryException refusal
                ? refusal.code() + ": " + refusal.getMessage()
                : cause.toString();
    }

    /** What those that answer say. */
    public List<NodeStatus> answers() {
        return nodes.stream().flatMap(node -> node.status().stream()).toList();
    }

    /** The node that says it leads, with the highest term if several do. */
    public Optional<NodeStatus> leader() {
        return answers().stream()
                .filter(status -> status.raft().role().equals("leader"))
                .max((a, b) -> Long.compare(a.raft().term(), b.raft().term()));
    }

    /**
     * In what the nodes that answer differ; empty if they agree. To lag behind is no contradiction but is named too: nodes
     * at rest agree.
     */
    public List<String> differences() {
        List<String> differences = new ArrayList<>();
        Map<String, Map<String, String>> claims = new LinkedHashMap<>();
        for (NodeStatus status : answers()) {
            NodeStatus.Raft raft = status.raft();
            claims.computeIfAbsent("persistent state", what -> new LinkedHashMap<>())
                    .put(status.nodeId(), raft.stateHash() + " at index " + raft.appliedIndex());
            for (NodeStatus.Origin origin : status.origins()) {
                claims.computeIfAbsent("origin " + origin.node(), what -> new LinkedHashMap<>())
                        .put(
                                status.nodeId(),
                                "%s at %d.%d".formatted(origin.digest(), origin.incarnation(), origin.sequence()));
            }
        }
        claims.forEach((what, byNode) -> {
            if (byNode.size() < answers().size()
                    || byNode.values().stream().distinct().count() > 1) {
                differences.add(what + ": " + byNode);
            }
        });
        return differences;
    }
}
