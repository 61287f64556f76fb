package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which servers were members when: the founders all the time, and guests, which are those that were first sampled after faults had
 * begun, from the end of the {@value #CHANGE} that took them in until the begin of the one that removes them. Immutable.
 */
final class Roster {
    static final String CHANGE = "membership";
    private static final String JOINS = " joins";

    private final Set<String> founders = new TreeSet<>();
    private final Set<String> guests = new TreeSet<>();
    private final List<Operation> changes;

    Roster(Evidence evidence) {
        long faultsFrom = evidence.history().of(Op.PHASE).stream()
                .filter(event -> event.key().equals("faults"))
                .mapToLong(Event::nanos)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        Map<String, Long> first = new HashMap<>();
        for (NodeSample sample : evidence.samples()) {
            first.merge(sample.node(), sample.nanos(), Math::min);
        }
        first.forEach((node, at) -> (at > faultsFrom ? guests : founders).add(node));
        for (Event event : evidence.history().events()) {
            if (event.op() != Op.FAULT && !event.node().isEmpty() && !guests.contains(event.node())) {
                founders.add(event.node());
            }
        }
        changes = Operation.of(evidence.history(), Op.FAULT).stream()
                .filter(change -> change.key().equals(CHANGE))
                .toList();
    }

    /** Those that are there from the beginning to the end, as far as the evidence names them. */
    Set<String> founders() {
        return founders;
    }

    /** Those that came later. */
    Set<String> guests() {
        return guests;
    }

    /** Every member of the cluster at {@code nanos}. */
    Set<String> members(long nanos) {
        Set<String> members = new TreeSet<>(founders);
        guests.stream().filter(guest -> stays(guest, nanos)).forEach(members::add);
        return members;
    }

    /** Whether {@code node} was a member at {@code nanos}. */
    boolean member(String node, long nanos) {
        return !guests.contains(node) || stays(node, nanos);
    }

    private boolean stays(String guest, long nanos) {
        boolean came = changes.stream()
                .anyMatch(change ->
                        meets(change, guest, text -> text.contains(JOINS)) && change.ok() && change.to() <= nanos);
        boolean leaves = changes.stream()
                .anyMatch(change -> meets(change, guest, text -> !text.contains(JOINS)) && change.from() <= nanos);
        return came && !leaves;
    }

    private static boolean meets(Operation change, String guest, Predicate<String> how) {
        return change.events().stream()
                .flatMap(event -> event.value().stream())
                .anyMatch(text -> how.test(text) && text.matches("(?s)(.*\\W)?" + guest + "(\\W.*)?"));
    }
}
