package io.gemel.it.faults.check;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A term has one leader at most, by what nodes say of themselves and by what their logs say of the leader they follow. */
final class Leaders implements Check {
    private static final Pattern CHANGED = Pattern.compile("leader changed term=(\\d+) leader=(\\S+)");

    @Override
    public String name() {
        return "leaders";
    }

    @Override
    public String promise() {
        return "A term has one leader.";
    }

    /** Who was seen to lead a term, and where. */
    private record Seen(String leader, String where) {}

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Map<Long, Seen> terms = new HashMap<>();
        Set<Long> told = new HashSet<>();
        Samples samples = evidence.sampled();
        long ledUntil = 0;
        long withoutLeader = 0;
        for (NodeSample sample : samples.all()) {
            NodeStatus.Raft raft =
                    sample.status().map(NodeStatus::raft).filter(Leaders::leads).orElse(null);
            if (raft != null) {
                Seen seen = new Seen(sample.node(), "%s at %s".formatted(sample.node(), Spans.moment(sample.nanos())));
                lead(judgement, terms, told, raft.term(), seen);
                withoutLeader = ledUntil == 0 ? 0 : Math.max(withoutLeader, sample.nanos() - ledUntil);
                ledUntil = sample.nanos();
            }
        }
        LogLines.forEach(evidence.logs(), (place, line) -> {
            Matcher changed = CHANGED.matcher(line);
            if (changed.find()) {
                Seen seen = new Seen(changed.group(2), "log " + place);
                lead(judgement, terms, told, Long.parseLong(changed.group(1)), seen);
            }
        });
        judgement.figure("terms with a leader", terms.size());
        judgement.figure("longest time in which no node led", Spans.text(withoutLeader));
        return terms.isEmpty()
                ? judgement.undecided("no leader was seen")
                : judgement.verdict("%,d terms, each with one leader".formatted(terms.size()));
    }

    private static boolean leads(NodeStatus.Raft raft) {
        return raft.role().equals("leader");
    }

    private static void lead(Judgement judgement, Map<Long, Seen> terms, Set<Long> told, long term, Seen seen) {
        Seen other = terms.putIfAbsent(term, seen);
        if (other != null && !other.leader().equals(seen.leader()) && told.add(term)) {
            judgement.broken(
                    "term %d has two leaders: %s (%s) and %s (%s)"
                            .formatted(term, other.leader(), other.where(), seen.leader(), seen.where()),
                    List.of());
        }
    }
}
