package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What each member says of itself and the others, asked at about the same time.
 *
 * @param nodes one per member, in the members' order
 */
public record ClusterView(List<Node> nodes) {
    private static final int ASKED_MAX = 4;
    private static final Duration PAUSE = Duration.ofMillis(300);

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

    /**
     * Asks one server for the members, then each of them; again if they are not equally far, which they are within a second at rest: to ask is a
     * session, too, of which they tell each other. Throws {@link RegistryException} if no server answers.
     */
    public static ClusterView ask(NamingService client) {
        ClusterView view = askOnce(client);
        for (int i = 1; i < ASKED_MAX && view.lags(); i++) {
            LockSupport.parkNanos(PAUSE.toNanos());
            view = askOnce(client);
        }
        return view;
    }

    private boolean lags() {
        return !differences().isEmpty() && contradictions().isEmpty();
    }

    private static ClusterView askOnce(NamingService client) {
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
        return told(claims -> claims.size() < answers().size()
                || claims.values().stream().map(Claim::toString).distinct().count() > 1);
    }

    /**
     * In what nodes that have come equally far differ, which must not be: a copy that differs from its origin is healed within a second or two, a persistent
     * state never may. While somebody writes, nodes asked one after the other have seldom come equally far; that says nothing.
     */
    public List<String> contradictions() {
        return told(claims -> claims.values().stream()
                .filter(Claim::whole)
                .collect(Collectors.groupingBy(Claim::position, Collectors.mapping(Claim::content, Collectors.toSet())))
                .values()
                .stream()
                .anyMatch(contents -> contents.size() > 1));
    }

    private List<String> told(Predicate<Map<String, Claim>> worthTelling) {
        Map<String, Map<String, Claim>> claims = new LinkedHashMap<>();
        for (NodeStatus status : answers()) {
            NodeStatus.Raft raft = status.raft();
            claims.computeIfAbsent("persistent state", what -> new LinkedHashMap<>())
                    .put(status.nodeId(), new Claim("index " + raft.appliedIndex(), raft.stateHash(), true));
            for (NodeStatus.Origin origin : status.origins()) {
                claims.computeIfAbsent("origin " + origin.node(), what -> new LinkedHashMap<>())
                        .put(status.nodeId(), Claim.of(origin));
            }
        }
        return claims.entrySet().stream()
                .filter(what -> worthTelling.test(what.getValue()))
                .map(what -> what.getKey() + ": " + what.getValue())
                .toList();
    }

    /**
     * What a node says it has of one thing.
     *
     * @param position how far it has come
     * @param content a digest of what it has there
     * @param whole whether that is all there is up to there: of a copy that is just being sent it is not
     */
    private record Claim(String position, String content, boolean whole) {
        static Claim of(NodeStatus.Origin origin) {
            return new Claim(
                    origin.incarnation() + "." + origin.sequence(),
                    origin.digest(),
                    !origin.state().equals("syncing"));
        }

        @Override
        public String toString() {
            return content + " at " + position;
        }
    }
}
