package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whoever writes after an answer gets a higher revision than that answer told, whatever the keys; and at one server the revision
 * of a service only grows, and stands for one content. A server that was started again may begin anew; samples tell.
 */
final class RevisionsGrow implements Check {
    @Override
    public String name() {
        return "revisions-grow";
    }

    @Override
    public String promise() {
        return "Later writes have higher revisions, and one revision of a service at one server has one content.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        long writes = writes(judgement, evidence.persistent());
        Starts starts = new Starts(evidence);
        long lists = lists(judgement, evidence.lists(), starts);
        judgement.figure("writes judged", writes);
        judgement.figure("lists judged", lists);
        return writes + lists == 0
                ? judgement.undecided("no two writes and no two lists to compare")
                : judgement.verdict("%,d writes and %,d lists in order".formatted(writes, lists));
    }

    private static long writes(Judgement judgement, List<Operation> operations) {
        List<Operation> told = operations.stream()
                .filter(one -> one.ok() && one.revision().isPresent())
                .toList();
        List<Operation> byEnd = new ArrayList<>(told);
        byEnd.sort(Comparator.comparingLong(Operation::to));
        List<Operation> byBegin = new ArrayList<>(told);
        byBegin.removeIf(one -> one.op() == Op.READ);
        byBegin.sort(Comparator.comparingLong(Operation::from));
        Optional<Operation> highest = Optional.empty();
        int next = 0;
        long judged = 0;
        for (Operation write : byBegin) {
            while (next < byEnd.size() && byEnd.get(next).to() < write.from()) {
                Operation ended = byEnd.get(next++);
                if (highest.filter(high -> Instances.revision(high) >= Instances.revision(ended))
                        .isEmpty()) {
                    highest = Optional.of(ended);
                }
            }
            judged += highest.isPresent() ? 1 : 0;
            highest.filter(high -> Instances.revision(high) >= Instances.revision(write))
                    .ifPresent(high -> judgement.broken(
                            "%s began after %s was known: %s"
                                    .formatted(
                                            Linearizability.text(write),
                                            Instances.revision(high),
                                            Linearizability.text(high)),
                            write,
                            List.of(high)));
        }
        twice(judgement, byBegin);
        return judged;
    }

    /** Looks for two writes of one key that were told the same revision. */
    private static void twice(Judgement judgement, List<Operation> writes) {
        Map<String, Operation> byRevision = new HashMap<>();
        for (Operation write : writes) {
            Operation other = byRevision.put(write.key() + "@" + Instances.revision(write), write);
            if (other != null) {
                judgement.broken(
                        "two writes have one revision: %s and %s"
                                .formatted(Linearizability.text(other), Linearizability.text(write)),
                        other,
                        write);
            }
        }
    }

    private record Place(String node, String service) {}

    private record Version(Place place, long revision) {}

    private static long lists(Judgement judgement, List<Listing> listings, Starts starts) {
        // What is empty has no revision of its own.
        List<Operation> lists = listings.stream()
                .map(Listing::operation)
                .filter(one -> one.revision().isPresent())
                .filter(one -> !one.completion().orElseThrow().seen().isEmpty())
                .sorted(Comparator.comparingLong(Operation::to))
                .toList();
        Map<Place, Operation> highest = new HashMap<>();
        Map<Version, Operation> contents = new HashMap<>();
        long judged = 0;
        for (Operation list : lists) {
            Place place = new Place(list.node(), list.key());
            Operation high = highest.get(place);
            boolean same = high != null && starts.same(list.node(), high.from(), list.to());
            if (high != null && same) {
                judged++;
                if (high.before(list) && Instances.revision(list) < Instances.revision(high)) {
                    tell(
                            judgement,
                            high,
                            list,
                            "after revision %d at %s".formatted(Instances.revision(high), Spans.moment(high.to())));
                }
            }
            if (high == null || !same || Instances.revision(list) > Instances.revision(high)) {
                highest.put(place, list);
            }
            Operation twin = contents.put(new Version(place, Instances.revision(list)), list);
            if (twin != null && starts.same(list.node(), twin.from(), list.to()) && !sameShown(twin, list)) {
                tell(judgement, twin, list, "with other instances than at " + Spans.moment(twin.to()));
            }
        }
        return judged;
    }

    private static void tell(Judgement judgement, Operation before, Operation list, String how) {
        judgement.broken(
                "%s listed %s at revision %d at %s %s"
                        .formatted(list.node(), list.key(), Instances.revision(list), Spans.moment(list.from()), how),
                list,
                List.of(before));
    }

    /** Whatever the order; it mostly is the same. */
    private static boolean sameShown(Operation one, Operation other) {
        List<Seen> first = one.completion().orElseThrow().seen();
        List<Seen> second = other.completion().orElseThrow().seen();
        return first.equals(second) || Set.copyOf(first).equals(Set.copyOf(second));
    }
}
