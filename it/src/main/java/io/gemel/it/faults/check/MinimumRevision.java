package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A LIST that demands a revision ({@code expected}) reflects every write with at most that revision, on any node: read your writes
 * across nodes.
 */
final class MinimumRevision implements Check {
    @Override
    public String name() {
        return "minimum-revision";
    }

    @Override
    public String promise() {
        return "A read at a minimum revision reflects every write up to it, on any node.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Instances instances = new Instances(evidence);
        Spans spans = new Spans();
        int lists = 0;
        int refused = 0;
        long judged = 0;
        for (Operation list : Operation.of(evidence.history(), Op.LIST)) {
            long minimum = list.invoke().expected().orElse(0);
            if (minimum == 0) {
                continue;
            }
            lists++;
            if (!list.ok()) {
                refused++;
                continue;
            }
            spans.add(list.to() - list.from());
            Map<String, Seen> shown = Instances.persistent(list.completion().orElseThrow());
            for (Map.Entry<String, List<Operation>> key :
                    instances.of(list.key()).entrySet()) {
                Optional<Operation> last = Instances.lastUpTo(key.getValue(), minimum);
                if (last.isPresent()) {
                    judged++;
                    judge(judgement, list, last.get(), key.getValue(), shown.get(key.getKey()));
                }
            }
        }
        judgement.figure("lists at a minimum revision", lists);
        judgement.figure("refused or unanswered", refused);
        judgement.figure("answered after", spans.toString());
        judgement.figure("instances judged", judged);
        return judged == 0
                ? judgement.undecided("no list demanded the revision of an acknowledged write")
                : judgement.verdict("%,d lists showed what they had to".formatted(lists - refused));
    }

    private static void judge(
            Judgement judgement, Operation list, Operation last, List<Operation> writes, @Nullable Seen seen) {
        long revision = Instances.revision(last);
        if (seen == null) {
            boolean removed = !Instances.adds(last)
                    || writes.stream()
                            .filter(write -> !Instances.adds(write) && write.from() <= list.to())
                            .anyMatch(write -> write.unknown() || Instances.revision(write) > revision);
            if (!removed) {
                tell(judgement, list, last, "nothing");
            }
            return;
        }
        boolean same = Instances.adds(last)
                && seen.revision() == revision
                && last.value().filter(seen.value()::equals).isPresent();
        if (!same && seen.revision() <= revision) {
            tell(judgement, list, last, seen.value() + "@" + seen.revision());
        }
    }

    private static void tell(Judgement judgement, Operation list, Operation last, String shown) {
        judgement.broken(
                "%s, asked for revision %d or more, listed %s at %s after %s"
                        .formatted(
                                list.node(),
                                list.invoke().expected().orElse(0),
                                shown,
                                last.key(),
                                Linearizability.text(last)),
                list,
                List.of(last));
    }
}
