package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Says in a few words what an operation did, for people who look at certain instances.
 *
 * @param keys the instances, as in an event's key
 */
record Labels(Set<String> keys) {
    private static final int ERROR_CHARS = 20;

    /** Those of the instances that {@code operations} are about. */
    static Labels about(List<Operation> operations) {
        return new Labels(operations.stream()
                .map(operation -> operation.begin().key())
                .filter(key -> key.contains("#"))
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** The service of a key of an event. */
    static String service(String key) {
        int end = key.indexOf('#');
        return end < 0 ? key : key.substring(0, end);
    }

    String of(Operation operation) {
        String node = operation.begin().node();
        return (node.isEmpty() ? "" : node + " ") + what(operation) + outcome(operation);
    }

    private String what(Operation operation) {
        Event begin = operation.begin();
        String value = begin.value().orElse("");
        return switch (operation.op()) {
            case REGISTER -> "write " + value + which(begin);
            case CAS -> "if r" + begin.expected().orElse(0) + " write " + value + which(begin);
            case DEREGISTER -> "remove" + which(begin);
            case READ -> "read" + which(begin);
            case LIST ->
                begin.expected().isPresent() && begin.expected().getAsLong() > 0
                        ? "list from r" + begin.expected().getAsLong()
                        : "list";
            case VIEW -> "sees " + shown(begin);
            case OPEN -> "opens";
            case CLOSE -> "closes";
            case KILL -> "killed";
            case FREEZE -> "frozen";
            case THAW -> "goes on";
            case FAULT, PHASE -> begin.key();
        };
    }

    private String outcome(Operation operation) {
        if (operation.moment() || operation.end().isEmpty()) {
            return operation.moment() ? "" : " …";
        }
        Event end = operation.end().get();
        if (end.type() != Event.Type.OK) {
            String sign = end.type() == Event.Type.FAIL ? " ✗ " : " ? ";
            return sign + Html.clip(end.error().orElse("").replaceFirst(":.*", ""), ERROR_CHARS);
        }
        String revision = end.revision().isPresent() ? "r" + end.revision().getAsLong() : "";
        return switch (end.op()) {
            case READ -> " → " + end.value().map(value -> value + " ").orElse("absent ") + revision;
            case LIST -> " → " + shown(end) + (revision.isEmpty() ? "" : " " + revision);
            case REGISTER, CAS, DEREGISTER -> revision.isEmpty() || revision.equals("r0") ? "" : " → " + revision;
            case VIEW, OPEN, CLOSE, KILL, FREEZE, THAW, FAULT, PHASE -> "";
        };
    }

    /** What a list shows of the instances that matter, or else how long it is. */
    String shown(Event event) {
        String service = service(event.key());
        List<String> values = event.seen().stream()
                .filter(seen -> keys.contains(service + '#' + seen.key()))
                .map(seen -> keys.size() > 1 ? seen.key() + "=" + seen.value() : seen.value())
                .toList();
        String size = event.seen().isEmpty() ? "nothing" : event.seen().size() + " others";
        if (values.isEmpty()) {
            return keys.isEmpty() && !event.seen().isEmpty() ? event.seen().size() + " instances" : size;
        }
        return String.join(" ", values);
    }

    private String which(Event event) {
        return keys.size() > 1 && event.op() != Op.LIST
                ? " of " + event.key().substring(event.key().indexOf('#') + 1)
                : "";
    }

    /** Everything that a list shows, for a table. */
    static String all(List<Seen> seen) {
        return seen.stream()
                .map(each -> each.key() + "=" + each.value() + (each.revision() > 0 ? "@r" + each.revision() : ""))
                .collect(Collectors.joining(", "));
    }
}
