package io.gemel.bootstrap.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gemel.bootstrap.cli.ClusterView.Node;
import io.gemel.client.NamingService;
import io.gemel.naming.NodeStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints how the cluster is, asking every member. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Asks every member how it is, and says whether they agree.",
            "An origin is what the sessions of one node have published; SEQUENCE.DIGEST is equal on nodes that hold the same."
        },
        footer = {"", "Examples:", "  gemel status", "  gemel status --server=10.0.0.1:9848,10.0.0.2:9848 -o json"})
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Override
    public Integer call() {
        try (NamingService client = registry.connect()) {
            ClusterView view = ClusterView.ask(client);
            if (registry.json()) {
                registry.out().println(Json.pretty(json(view)));
            } else {
                print(view, registry.out());
            }
            registry.out().flush();
        }
        return 0;
    }

    private static JsonObject json(ClusterView view) {
        JsonObject json = new JsonObject();
        JsonArray nodes = new JsonArray();
        for (Node node : view.nodes()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("id", node.id());
            entry.addProperty("address", node.address());
            entry.addProperty("reachable", node.status().isPresent());
            entry.addProperty("problem", node.problem());
            node.status().ifPresent(status -> entry.add("status", Json.status(status)));
            nodes.add(entry);
        }
        json.add("nodes", nodes);
        json.addProperty("agree", view.differences().isEmpty());
        json.add("differences", array(view.differences()));
        json.add("contradictions", array(view.contradictions()));
        return json;
    }

    private static JsonArray array(List<String> lines) {
        JsonArray array = new JsonArray();
        lines.forEach(array::add);
        return array;
    }

    private static void print(ClusterView view, PrintWriter out) {
        List<NodeStatus> answers = view.answers();
        String name = answers.isEmpty() ? "?" : answers.get(0).cluster();
        String leader = view.leader()
                .map(status -> "leader %s in term %d"
                        .formatted(status.nodeId(), status.raft().term()))
                .orElse("no leader");
        out.println("cluster %s: %d of %d members answer, %s"
                .formatted(name, answers.size(), view.nodes().size(), leader));
        out.println();
        StatusTables.members(view).lines("").forEach(out::println);
        out.println();
        StatusTables.origins(view).lines("").forEach(out::println);
        out.println();
        for (NodeStatus status : answers) {
            if (!status.reason().isEmpty()) {
                out.println(status.nodeId() + (status.ready() ? "" : " is not ready") + ": " + status.reason());
            }
        }
        answers.forEach(status -> guard(status.guard()).ifPresent(line -> out.println(status.nodeId() + ": " + line)));
        view.nodes().stream()
                .filter(node -> node.status().isEmpty())
                .forEach(node -> out.println(node.id() + " does not answer: " + node.problem()));
        agreement(view).forEach(out::println);
    }

    private static List<String> agreement(ClusterView view) {
        List<String> contradictions = view.contradictions();
        List<String> behind = new ArrayList<>(view.differences());
        behind.removeAll(contradictions);
        List<String> lines = new ArrayList<>();
        if (!contradictions.isEmpty()) {
            lines.add("the nodes contradict each other: equally far, yet not the same");
            contradictions.forEach(line -> lines.add("  " + line));
        }
        if (!behind.isEmpty()) {
            lines.add("not all nodes are equally far (at rest they are within a second):");
            behind.forEach(line -> lines.add("  " + line));
        }
        if (lines.isEmpty()) {
            lines.add(
                    view.answers().size() == 1
                            ? "one node answers, so there is nothing to compare"
                            : "the nodes agree");
        }
        return lines;
    }

    private static Optional<String> guard(NodeStatus.Guard guard) {
        List<String> parts = new ArrayList<>();
        if (guard.heldBack() > 0) {
            parts.add(
                    "holds %d instances as suspect, %d since its start".formatted(guard.suspects(), guard.heldBack()));
        }
        if (guard.wouldHaveHeld() > 0) {
            parts.add("would have held %d as suspect, but for a dry run".formatted(guard.wouldHaveHeld()));
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of("guard: " + String.join("; ", parts));
    }
}
