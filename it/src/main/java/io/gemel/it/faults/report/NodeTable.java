package io.gemel.it.faults.report;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Each node in numbers: how often it ran and answered, and how it was at the end. */
final class NodeTable {
    private NodeTable() {}

    static void write(Html out, RunRecord run) {
        out.table(
                "numbers",
                "node",
                "starts",
                "answered",
                "ready",
                "led",
                "at the end",
                "term",
                "applied",
                "state hash",
                "instances",
                "threads",
                "files",
                "memory");
        for (String node : run.nodes()) {
            List<NodeSample> samples = Nodes.of(run, node);
            NodeSample last = samples.get(samples.size() - 1);
            Optional<NodeStatus> status = last.status();
            out.row(
                    node,
                    String.valueOf(last.starts()),
                    share(samples, sample -> sample.status().isPresent()),
                    share(
                            samples,
                            sample -> sample.status().filter(NodeStatus::ready).isPresent()),
                    share(
                            samples,
                            sample -> sample.status()
                                    .filter(said -> said.raft().role().equals("leader"))
                                    .isPresent()),
                    status.map(said -> (said.ready() ? "ready" : "not ready") + ", "
                                    + said.raft().role())
                            .orElse(last.alive() ? "no answer" : "not running"),
                    status.map(said -> String.valueOf(said.raft().term())).orElse(""),
                    status.map(said -> String.valueOf(said.raft().appliedIndex()))
                            .orElse(""),
                    status.map(said -> Html.clip(said.raft().stateHash(), 13)).orElse(""),
                    status.map(said -> String.valueOf(said.instances())).orElse(""),
                    String.valueOf(last.threads()),
                    String.valueOf(last.files()),
                    last.residentBytes() / (1024 * 1024) + " MiB");
        }
        out.endTable();
    }

    private static String share(List<NodeSample> samples, Predicate<NodeSample> what) {
        return Math.round(100.0 * samples.stream().filter(what).count() / samples.size()) + " %";
    }
}
