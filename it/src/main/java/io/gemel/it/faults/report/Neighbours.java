package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds what happened around the events of a finding and has to do with them. */
final class Neighbours {
    private static final Set<Op> LISTS = EnumSet.of(Op.LIST, Op.VIEW);
    private static final Set<Op> LIVES = EnumSet.of(Op.OPEN, Op.CLOSE, Op.KILL, Op.FREEZE, Op.THAW);

    private final List<Operation> operations;
    private final Map<Long, Operation> byIndex = new HashMap<>();

    Neighbours(List<Operation> operations) {
        this.operations = operations;
        for (Operation operation : operations) {
            byIndex.put(operation.begin().index(), operation);
            operation.end().ifPresent(end -> byIndex.put(end.index(), operation));
        }
    }

    /** The operations of these events, each once, in the order of the events. */
    List<Operation> named(List<Long> events) {
        return events.stream()
                .flatMap(index -> Stream.ofNullable(byIndex.get(index)))
                .distinct()
                .toList();
    }

    /** What is about the same instances or clients, the nearest in time first; a list only where what it shows of them changes. */
    List<Operation> of(List<Operation> named, Labels labels) {
        Set<String> services = named.stream()
                .map(operation -> Labels.service(operation.begin().key()))
                .filter(service -> !service.isEmpty())
                .collect(Collectors.toSet());
        Set<String> processes = named.stream().map(Operation::process).collect(Collectors.toSet());
        Map<String, String> shownBefore = new HashMap<>();
        List<Operation> related = new ArrayList<>();
        for (Operation operation : operations) {
            String key = operation.begin().key();
            boolean same = labels.keys().contains(key)
                    || (LIVES.contains(operation.op()) && processes.contains(operation.process()));
            boolean lists = LISTS.contains(operation.op()) && services.contains(key);
            if (lists && operation.end().isPresent()) {
                String shown = labels.shown(operation.end().get());
                lists = !shown.equals(shownBefore.put(operation.process(), shown));
            }
            if ((same || lists) && !named.contains(operation)) {
                related.add(operation);
            }
        }
        related.sort(Comparator.comparingLong((Operation operation) -> distance(operation, named))
                .thenComparingLong(operation -> operation.begin().index()));
        return related;
    }

    private static long distance(Operation operation, List<Operation> named) {
        return named.stream()
                .mapToLong(each -> Math.max(
                        0,
                        Math.max(
                                each.fromNanos() - operation.toNanos(operation.fromNanos()),
                                operation.fromNanos() - each.toNanos(each.fromNanos()))))
                .min()
                .orElse(0);
    }
}
