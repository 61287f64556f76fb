package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import io.gemel.naming.NodeStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Within {@link Bounds#recover} after faults are healed every member is ready and all follow one leader; and then some write to
 * persistent instances is acknowledged, if any is tried.
 *
 * <p>A healing that is followed by a fault before that is measured if it sufficed, and not judged otherwise. Without faults of servers
 * and links the begin of the run counts as a healing.
 */
final class Recovery implements Check {
    private static final int TRIES_MIN = 5;

    @Override
    public String name() {
        return "recovery";
    }

    @Override
    public String promise() {
        return "After faults are healed every node is ready and follows one leader within the bound, and writes go on.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Samples samples = evidence.sampled();
        Roster roster = evidence.roster();
        Faults faults = evidence.faults();
        boolean unharmed = faults.all().stream().allMatch(Fault::clientsOnly);
        List<Faults.Calm> calms = unharmed ? List.of(new Faults.Calm(0, Long.MAX_VALUE)) : faults.calms();
        List<Operation> writes = evidence.persistent().stream()
                .filter(one -> one.op() != Op.READ)
                .toList();
        long recover = evidence.bounds().recover().toNanos();
        Spans spans = new Spans();
        Spans firstWrites = new Spans();
        int judged = 0;
        for (Faults.Calm calm : calms) {
            OptionalLong recovered = recovered(samples, calm, roster.members(calm.healed()));
            long limit = calm.healed() + recover;
            boolean longEnough = Math.min(calm.to(), samples.end()) > limit;
            recovered.ifPresent(at -> spans.add(at - calm.healed()));
            if (longEnough && (recovered.isEmpty() || recovered.getAsLong() > limit)) {
                judgement.broken(
                        "not recovered by %s, %s after the healing at %s: %s"
                                .formatted(
                                        Spans.moment(limit),
                                        Spans.text(recover),
                                        Spans.moment(calm.healed()),
                                        problem(
                                                statuses(samples, calm.healed(), limit),
                                                roster.members(calm.healed()))),
                        List.of());
            }
            judged += longEnough || recovered.isPresent() ? 1 : 0;
            progress(judgement, writes, calm, limit, firstWrites);
        }
        judgement.figure("healings judged", judged);
        judgement.figure("recovery after healing", spans.toString());
        judgement.figure("first acknowledged write after healing", firstWrites.toString());
        return judged == 0
                ? judgement.undecided("no healing was followed by samples for as long as the bound")
                : judgement.verdict("%d healings, each followed by recovery".formatted(judged));
    }

    private static OptionalLong recovered(Samples samples, Faults.Calm calm, Set<String> members) {
        Map<String, NodeStatus> latest = new HashMap<>();
        for (NodeSample sample : samples.all()) {
            if (sample.nanos() < calm.healed() || sample.nanos() >= calm.to()) {
                continue;
            }
            latest.remove(sample.node());
            sample.status().ifPresent(status -> latest.put(sample.node(), status));
            if (problem(latest, members).isEmpty()) {
                return OptionalLong.of(sample.nanos());
            }
        }
        return OptionalLong.empty();
    }

    private static Map<String, NodeStatus> statuses(Samples samples, long from, long to) {
        Map<String, NodeStatus> latest = new HashMap<>();
        for (NodeSample sample : samples.all()) {
            if (sample.nanos() >= from && sample.nanos() <= to) {
                latest.remove(sample.node());
                sample.status().ifPresent(status -> latest.put(sample.node(), status));
            }
        }
        return latest;
    }

    /** Why this is not recovery; empty if it is. */
    private static String problem(Map<String, NodeStatus> latest, Set<String> nodes) {
        Set<String> leaders = new HashSet<>();
        for (String node : nodes) {
            NodeStatus status = latest.get(node);
            if (status == null) {
                return node + " does not answer";
            }
            if (!status.ready()) {
                return node + " is not ready: " + status.reason();
            }
            leaders.add(status.raft().leader());
        }
        return leaders.size() == 1 && !leaders.contains("") ? "" : "nodes follow " + leaders;
    }

    private static void progress(
            Judgement judgement, List<Operation> writes, Faults.Calm calm, long limit, Spans firstWrites) {
        List<Operation> after = writes.stream()
                .filter(one -> one.from() >= calm.healed() && one.from() < calm.to())
                .toList();
        after.stream()
                .filter(Operation::ok)
                .mapToLong(Operation::to)
                .min()
                .ifPresent(first -> firstWrites.add(first - calm.healed()));
        List<Operation> late = after.stream()
                .filter(one -> one.from() >= limit
                        && one.completion().map(Event::nanos).orElse(Long.MAX_VALUE) < calm.to())
                .toList();
        if (late.size() >= TRIES_MIN && late.stream().noneMatch(Operation::ok)) {
            judgement.broken(
                    "none of %d writes was acknowledged after %s, when the cluster should have recovered"
                            .formatted(late.size(), Spans.moment(limit)),
                    late.get(0),
                    late.get(late.size() - 1));
        }
    }
}
