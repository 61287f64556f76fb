package io.gemel.it.faults.report;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What the nodes were like over time.
 *
 * @param lanes for each node two: its process, and its part in Raft
 * @param term the Raft term as each node knew it
 * @param threads of each node's process
 * @param files open in each node's process
 * @param memoryMiB resident of each node's process
 */
record Nodes(List<Lane> lanes, List<Curve> term, List<Curve> threads, List<Curve> files, List<Curve> memoryMiB) {

    /** A row of segments that follow each other. */
    record Lane(String node, String name, List<Segment> segments) {}

    /**
     * A time in which nothing changed.
     *
     * @param kind dead, silent, unready, restricted or ready for a process; for Raft its role
     * @param label what is written into it
     */
    record Segment(long fromMs, long toMs, String kind, String label) {
        private boolean continues(Segment before) {
            return kind.equals(before.kind) && label.equals(before.label);
        }
    }

    static Nodes of(RunRecord run) {
        List<Lane> lanes = new ArrayList<>();
        for (String node : run.nodes()) {
            List<NodeSample> samples = of(run, node);
            lanes.add(lane(node, "process", samples, run.endMs(), Nodes::process));
            lanes.add(lane(node, "Raft", samples, run.endMs(), Nodes::raft));
        }
        return new Nodes(
                lanes,
                curves(
                        run,
                        sample -> sample.status()
                                .map(status -> status.raft().term())
                                .orElse(Curve.GAP)),
                curves(run, sample -> known(sample.threads())),
                curves(run, sample -> known(sample.files())),
                curves(run, sample -> known(sample.residentBytes() / (1024 * 1024))));
    }

    /** One node's samples, by time. */
    static List<NodeSample> of(RunRecord run, String node) {
        return run.samples().stream()
                .filter(sample -> sample.node().equals(node))
                .toList();
    }

    private static List<Curve> curves(RunRecord run, ToLongFunction<NodeSample> figure) {
        return run.nodes().stream()
                .map(node -> new Curve(
                                node,
                                of(run, node).stream()
                                        .map(sample ->
                                                new long[] {Millis.of(sample.nanos()), figure.applyAsLong(sample)})
                                        .toList())
                        .thinned())
                .toList();
    }

    private static long known(long value) {
        return value > 0 ? value : Curve.GAP;
    }

    /** Says what a sample shows. */
    private interface Reading {
        Segment read(long fromMs, long toMs, NodeSample sample);
    }

    private static Lane lane(String node, String name, List<NodeSample> samples, long endMs, Reading reading) {
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            long to = i + 1 < samples.size() ? Millis.of(samples.get(i + 1).nanos()) : endMs;
            Segment next = reading.read(Millis.of(samples.get(i).nanos()), to, samples.get(i));
            Segment last = segments.isEmpty() ? next : segments.get(segments.size() - 1);
            if (!segments.isEmpty() && next.continues(last)) {
                segments.set(segments.size() - 1, new Segment(last.fromMs, to, last.kind, last.label));
            } else {
                segments.add(next);
            }
        }
        return new Lane(node, name, segments);
    }

    private static Segment process(long fromMs, long toMs, NodeSample sample) {
        String start = sample.starts() > 1 ? " (start " + sample.starts() + ")" : "";
        if (!sample.alive()) {
            return new Segment(fromMs, toMs, "dead", "not running");
        }
        if (sample.status().isEmpty()) {
            return new Segment(fromMs, toMs, "silent", "no answer" + start);
        }
        NodeStatus status = sample.status().get();
        String why = status.reason().isEmpty() ? "" : ": " + Html.clip(status.reason(), 80);
        if (!status.ready()) {
            return new Segment(fromMs, toMs, "unready", "not ready" + why + start);
        }
        return new Segment(fromMs, toMs, why.isEmpty() ? "ready" : "restricted", "ready" + why + start);
    }

    private static Segment raft(long fromMs, long toMs, NodeSample sample) {
        if (!sample.alive() || sample.status().isEmpty()) {
            return new Segment(fromMs, toMs, "unknown", "");
        }
        NodeStatus.Raft raft = sample.status().get().raft();
        String whom = raft.role().equals("follower")
                ? raft.leader().isEmpty() ? "follows nobody" : "follows " + raft.leader()
                : raft.role();
        return new Segment(fromMs, toMs, raft.role(), whom + " · term " + raft.term());
    }
}
