package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * AP5: every node that a client reaches accepts ephemeral registrations and answers lists, on every side of a partition and
 * without a Raft leader.
 *
 * <p>Judges registrations by the server of the client's session, as far as that is known (see {@link Sight}), and lists by the
 * node asked; not while a fault harms that node or the client itself, nor until {@link Bounds#converge} after. Of each kind at
 * each node one attempt, and of many one in a thousand, may fail: the machine is shared.
 */
final class Availability implements Check {
    private static final int FAILURES_ALLOWED = 1;
    private static final int ATTEMPTS_PER_FURTHER_FAILURE = 1_000;

    @Override
    public String name() {
        return "availability";
    }

    @Override
    public String promise() {
        return "Every node that a client reaches accepts registrations and answers lists, also in a minority.";
    }

    /** Attempts of one kind at one node. */
    private static final class Tally {
        final List<Operation> failed = new ArrayList<>();
        int attempts;
        int duringFaults;

        int allowed() {
            return FAILURES_ALLOWED + attempts / ATTEMPTS_PER_FURTHER_FAILURE;
        }

        @Override
        public String toString() {
            return "%,d of %,d (%,d during faults)".formatted(attempts - failed.size(), attempts, duringFaults);
        }
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Faults faults = evidence.faults();
        Roster roster = evidence.roster();
        Sight sight = evidence.sight();
        Fates fates = evidence.fates();
        Set<String> sessions =
                evidence.history().of(Op.OPEN).stream().map(Event::process).collect(Collectors.toSet());
        Map<String, Tally> registrations = new TreeMap<>();
        Map<String, Tally> lists = new TreeMap<>();
        for (Operation one : Operation.of(evidence.history(), Op.REGISTER, Op.LIST)) {
            long to = one.completion().map(Event::nanos).orElse(one.from());
            if (one.op() == Op.LIST) {
                if (one.value().isEmpty()
                        && one.invoke().expected().isEmpty()
                        && roster.member(one.node(), one.from())
                        && sight.reaches(one.process(), one.node(), one.from(), to)) {
                    count(lists, one.node(), one, faults);
                }
            } else if (sessions.contains(one.process()) && fates.steady(one.process(), one.from(), to)) {
                sight.reached(one.process(), one.from(), to)
                        .filter(node -> roster.member(node, one.from()))
                        .ifPresent(node -> count(registrations, node, one, faults));
            }
        }
        int judged = judge(judgement, "registrations", registrations) + judge(judgement, "lists", lists);
        int duringFaults = registrations.values().stream()
                .mapToInt(tally -> tally.duringFaults)
                .sum();
        return registrations.isEmpty()
                ? judgement.undecided("no client with a known server registered")
                : judgement.verdict(
                        "%,d attempts, %,d of them registrations during faults".formatted(judged, duringFaults));
    }

    private static void count(Map<String, Tally> tallies, String node, Operation one, Faults faults) {
        Tally tally = tallies.computeIfAbsent(node, at -> new Tally());
        tally.attempts++;
        tally.duringFaults += faults.calm(one.from(), one.from()) ? 0 : 1;
        if (!one.ok()) {
            tally.failed.add(one);
        }
    }

    private static int judge(Judgement judgement, String kind, Map<String, Tally> tallies) {
        int attempts = 0;
        for (Map.Entry<String, Tally> entry : tallies.entrySet()) {
            Tally tally = entry.getValue();
            attempts += tally.attempts;
            judgement.figure(kind + " ok at " + entry.getKey(), tally.toString());
            if (tally.failed.size() > tally.allowed()) {
                Operation first = tally.failed.get(0);
                judgement.broken(
                        "%s could be reached and refused %,d of %,d %s, first at %s: %s"
                                .formatted(
                                        entry.getKey(),
                                        tally.failed.size(),
                                        tally.attempts,
                                        kind,
                                        Spans.moment(first.from()),
                                        first.completion().flatMap(Event::error).orElse("no answer")),
                        tally.failed.stream().limit(10).toArray(Operation[]::new));
            }
        }
        return attempts;
    }
}
