package io.gemel.it.faults.check;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A copy of a node's origin at a sequence number is what the owner has at it; and in the final phase all nodes hold the same of
 * every origin.
 *
 * <p>A copy may differ while it is made anew, and until a digest shows the difference; for longer than {@link Bounds#converge}
 * without a fault it may not.
 */
final class Origins implements Check {
    @Override
    public String name() {
        return "origins";
    }

    @Override
    public String promise() {
        return "Copies of an origin at the same sequence number are equal, and after quiet all nodes hold the same.";
    }

    /** An origin at one number. */
    private record Position(String node, long incarnation, long sequence) {
        static Position of(NodeStatus.Origin origin) {
            return new Position(origin.node(), origin.incarnation(), origin.sequence());
        }
    }

    /** Whose copy of what. */
    private record Copy(String node, int starts, String origin, long incarnation) {}

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Samples samples = evidence.sampled();
        Map<Position, String> owners = new HashMap<>();
        for (NodeSample sample : samples.all()) {
            origins(sample).stream()
                    .filter(origin -> origin.state().equals("own"))
                    .forEach(origin -> owners.put(Position.of(origin), origin.digest()));
        }
        Faults faults = evidence.faults();
        long converge = evidence.bounds().converge().toNanos();
        Map<Copy, NodeSample> wrongSince = new HashMap<>();
        long compared = 0;
        long differing = 0;
        for (NodeSample sample : samples.all()) {
            for (NodeStatus.Origin origin : origins(sample)) {
                String expected = owners.get(Position.of(origin));
                if (expected == null
                        || origin.state().equals("own")
                        || origin.state().equals("syncing")) {
                    continue;
                }
                compared++;
                Copy copy = new Copy(sample.node(), sample.starts(), origin.node(), origin.incarnation());
                if (expected.equals(origin.digest())) {
                    wrongSince.remove(copy);
                    continue;
                }
                differing++;
                NodeSample since = wrongSince.computeIfAbsent(copy, wrong -> sample);
                if (sample.nanos() - since.nanos() > converge && faults.calm(since.nanos(), sample.nanos())) {
                    tell(judgement, since, sample, origin, expected);
                    wrongSince.put(copy, sample);
                }
            }
        }
        boolean finalKnown = compareFinal(judgement, samples.finalRounds());
        judgement.figure("copies compared", compared);
        judgement.figure("differing for a while", differing);
        if (compared == 0 || !finalKnown) {
            return judgement.undecided(
                    finalKnown
                            ? "no copy was seen at its owner's number"
                            : "not all nodes answered in the final phase");
        }
        return judgement.verdict(
                "%,d copies equal to their owner's, all nodes equal in the end".formatted(compared - differing));
    }

    private static List<NodeStatus.Origin> origins(NodeSample sample) {
        return sample.status().map(NodeStatus::origins).orElse(List.of());
    }

    private static void tell(
            Judgement judgement, NodeSample since, NodeSample sample, NodeStatus.Origin origin, String expected) {
        judgement.broken(
                "%s's copy of %s/%d at %d has digest %s (its owner: %s) from %s to %s"
                        .formatted(
                                sample.node(),
                                origin.node(),
                                origin.incarnation(),
                                origin.sequence(),
                                origin.digest(),
                                expected,
                                Spans.moment(since.nanos()),
                                Spans.moment(sample.nanos())),
                List.of());
    }

    /** Whether all nodes answered. */
    private static boolean compareFinal(Judgement judgement, List<List<NodeStatus>> rounds) {
        boolean equal = rounds.stream()
                .anyMatch(round -> round.stream().map(Origins::held).distinct().count() == 1);
        if (!rounds.isEmpty() && !equal) {
            Set<String> common = new TreeSet<>(held(rounds.get(0).get(0)));
            rounds.get(0).forEach(status -> common.retainAll(held(status)));
            judgement.broken(
                    "in the end nodes hold different origins: "
                            + rounds.get(0).stream()
                                    .map(status -> status.nodeId() + " " + without(held(status), common))
                                    .toList(),
                    List.of());
        }
        return !rounds.isEmpty();
    }

    private static Set<String> without(Set<String> some, Set<String> common) {
        Set<String> rest = new TreeSet<>(some);
        rest.removeAll(common);
        return rest;
    }

    private static Set<String> held(NodeStatus status) {
        return status.origins().stream()
                .map(origin -> "%s/%d@%d %s"
                        .formatted(origin.node(), origin.incarnation(), origin.sequence(), origin.digest()))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
