package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import io.gemel.naming.NodeStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * In the end every founder says that the members are the founders, that all of them vote and are alive, and holds nothing of anybody
 * else. And when one founder has learned that a guest was removed, then after {@link Bounds#converge} without a fault all have,
 * after {@link Bounds#gone} none holds anything of it, and the guest itself does not claim to be ready.
 */
final class Membership implements Check {
    private static final Set<String> WELL = Set.of("self", "alive");
    private static final Set<String> VOTES = Set.of("", "voter");

    @Override
    public String name() {
        return "members";
    }

    @Override
    public String promise() {
        return "All nodes agree on who the members are; of a server that was removed nothing is left after the grace time.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Samples samples = evidence.sampled();
        Roster roster = evidence.roster();
        leaveTaken(judgement, evidence);
        Map<String, Long> removed = removed(samples, roster);
        Faults faults = evidence.faults();
        Set<String> told = new HashSet<>();
        for (NodeSample sample : samples.all()) {
            removed.forEach((guest, at) -> outlived(sample, guest, at, roster, faults, evidence.bounds())
                    .filter(what -> told.add(sample.node() + guest))
                    .ifPresent(what -> judgement.broken(
                            "%s %s at %s, though it had been removed by %s"
                                    .formatted(sample.node(), what, Spans.moment(sample.nanos()), Spans.moment(at)),
                            List.of())));
        }
        List<List<NodeStatus>> rounds = samples.finalRounds();
        if (!rounds.isEmpty()
                && rounds.stream().noneMatch(round -> differences(round, roster).isEmpty())) {
            judgement.broken("in the end " + differences(rounds.get(0), roster), List.of());
        }
        judgement.figure("servers that joined later", roster.guests().size());
        judgement.figure("seen removed", removed.size());
        return rounds.isEmpty()
                ? judgement.undecided("not all nodes answered in the final phase")
                : judgement.verdict("%d members in the end, %d others had come and gone"
                        .formatted(roster.founders().size(), roster.guests().size()));
    }

    /** The last change of a run brings the cluster back to its founders. */
    private static void leaveTaken(Judgement judgement, Evidence evidence) {
        Operation.of(evidence.history(), Op.FAULT).stream()
                .filter(one -> one.key().equals(Roster.CHANGE) && one.unknown())
                .forEach(one -> judgement.broken(
                        "the cluster could not be brought back to its founders: "
                                + one.completion().flatMap(Event::error).orElse("the run ended before"),
                        one));
    }

    /** By guest, when the first founder that had known it as a member did so no more. */
    private static Map<String, Long> removed(Samples samples, Roster roster) {
        Map<String, Set<String>> knownAt = new HashMap<>();
        Map<String, Long> removed = new HashMap<>();
        for (NodeSample sample : samples.all()) {
            if (sample.status().isEmpty() || !roster.founders().contains(sample.node())) {
                continue;
            }
            Set<String> members = members(sample.status().get());
            String life = sample.node() + "/" + sample.starts();
            for (String guest : roster.guests()) {
                Set<String> lives = knownAt.computeIfAbsent(guest, id -> new HashSet<>());
                if (members.contains(guest)) {
                    lives.add(life);
                } else if (lives.contains(life)) {
                    removed.putIfAbsent(guest, sample.nanos());
                }
            }
        }
        return removed;
    }

    /** What {@code sample} has left of {@code guest}, which was removed, and must not have any more. */
    private static Optional<String> outlived(
            NodeSample sample, String guest, long removed, Roster roster, Faults faults, Bounds bounds) {
        boolean own = sample.node().equals(guest);
        long age = sample.nanos() - calmSince(faults, removed, sample.nanos(), own);
        if (sample.status().isEmpty() || age <= bounds.converge().toNanos()) {
            return Optional.empty();
        }
        NodeStatus status = sample.status().get();
        if (own) {
            return status.ready() ? Optional.of("says that it is ready") : Optional.empty();
        }
        if (!roster.founders().contains(sample.node())) {
            return Optional.empty();
        }
        if (members(status).contains(guest)) {
            return Optional.of("lists " + guest + " as a member");
        }
        boolean holds =
                status.origins().stream().anyMatch(origin -> origin.node().equals(guest));
        return holds && age > bounds.gone().toNanos() ? Optional.of("holds an origin of " + guest) : Optional.empty();
    }

    /** As {@link Faults#calmSince}. What a guest itself knows is judged while it is being removed, or it never could be. */
    private static long calmSince(Faults faults, long from, long to, boolean own) {
        boolean changesAlone =
                faults.during(from, to).stream().allMatch(fault -> fault.name().equals(Roster.CHANGE));
        return own && changesAlone ? from : faults.calmSince(from, to);
    }

    private static Set<String> members(NodeStatus status) {
        return status.members().stream().map(NodeStatus.Member::id).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> differences(List<NodeStatus> round, Roster roster) {
        return round.stream()
                .flatMap(status -> difference(status, roster.founders()).stream())
                .toList();
    }

    private static Optional<String> difference(NodeStatus status, Set<String> founders) {
        Set<String> members = members(status);
        if (!members.equals(founders)) {
            return Optional.of(status.nodeId() + " says the members are " + members);
        }
        Optional<NodeStatus.Member> unwell = status.members().stream()
                .filter(member -> !WELL.contains(member.state()) || !VOTES.contains(member.standing()))
                .findFirst();
        if (unwell.isPresent()) {
            return Optional.of("%s says that %s is %s, %s"
                    .formatted(
                            status.nodeId(),
                            unwell.get().id(),
                            unwell.get().state(),
                            unwell.get().standing()));
        }
        Set<String> owners = status.origins().stream()
                .map(NodeStatus.Origin::node)
                .filter(owner -> !founders.contains(owner))
                .collect(Collectors.toCollection(TreeSet::new));
        return owners.isEmpty() ? Optional.empty() : Optional.of(status.nodeId() + " holds origins of " + owners);
    }
}
