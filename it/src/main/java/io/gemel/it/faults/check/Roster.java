package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which servers were members when: guests from the end of the {@value #CHANGE} change that took them in until the begin of the one that
 * removes them, and the founders, which are all that no such change takes in, all the time. Immutable.
 */
final class Roster {
    static final String CHANGE = "membership";
    private static final Pattern JOINS = Pattern.compile("\\bjoins\\b");

    private final Set<String> founders = new TreeSet<>();
    private final Map<String, Stay> guests = new HashMap<>();

    /** When a guest was a member; never, if it begins at {@link Long#MAX_VALUE}. */
    private record Stay(long from, long to) {
        boolean at(long nanos) {
            return from <= nanos && nanos < to;
        }
    }

    Roster(Evidence evidence) {
        evidence.samples().stream().map(NodeSample::node).forEach(founders::add);
        for (Event event : evidence.history().events()) {
            if (event.op() != Op.FAULT && !event.node().isEmpty()) {
                founders.add(event.node());
            }
        }
        List<Operation> changes = Operation.of(evidence.history(), Op.FAULT).stream()
                .filter(change -> change.key().equals(CHANGE))
                .toList();
        for (String node : founders) {
            Pattern word = Pattern.compile("\\b" + Pattern.quote(node) + "\\b");
            List<Operation> own =
                    changes.stream().filter(change -> tells(change, word)).toList();
            if (own.stream().anyMatch(change -> tells(change, JOINS))) {
                guests.put(node, stay(own));
            }
        }
        founders.removeAll(guests.keySet());
    }

    private static Stay stay(List<Operation> changes) {
        long from = changes.stream()
                .filter(change -> tells(change, JOINS) && change.ok())
                .mapToLong(Operation::to)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        long to = changes.stream()
                .filter(change -> !tells(change, JOINS))
                .mapToLong(Operation::from)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        return new Stay(from, to);
    }

    private static boolean tells(Operation change, Pattern word) {
        return change.events().stream()
                .flatMap(event -> event.value().stream())
                .anyMatch(text -> word.matcher(text).find());
    }

    /** Those that are there from the beginning to the end, as far as the evidence names them. */
    Set<String> founders() {
        return founders;
    }

    /** Those that came later. */
    Set<String> guests() {
        return guests.keySet();
    }

    /** Every member of the cluster at {@code nanos}. */
    Set<String> members(long nanos) {
        Set<String> members = new TreeSet<>(founders);
        guests.forEach((guest, stay) -> {
            if (stay.at(nanos)) {
                members.add(guest);
            }
        });
        return members;
    }

    /** Whether {@code node} was a member at {@code nanos}. */
    boolean member(String node, long nanos) {
        Stay stay = guests.get(node);
        return stay == null || stay.at(nanos);
    }
}
