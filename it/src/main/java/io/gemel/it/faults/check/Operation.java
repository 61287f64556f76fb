package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An operation from its invocation to its completion.
 *
 * @param invoke how it began
 * @param completion how it ended; empty if the history ends first
 */
record Operation(Event invoke, Optional<Event> completion) {
    private record Lane(String process, Op op, String key) {}

    /** The operations of these kinds, by invocation. One process has several under way only if they differ in kind, key or what is written. */
    static List<Operation> of(History history, Op first, Op... more) {
        Set<Op> wanted = EnumSet.of(first, more);
        Map<Lane, Deque<Event>> open = new HashMap<>();
        Map<Long, Event> completions = new HashMap<>();
        List<Event> invocations = new ArrayList<>();
        for (Event event : history.events()) {
            if (!wanted.contains(event.op())) {
                continue;
            }
            Deque<Event> begun = open.computeIfAbsent(
                    new Lane(event.process(), event.op(), event.key()), lane -> new ArrayDeque<>());
            if (event.type() == Event.Type.INVOKE) {
                begun.add(event);
                invocations.add(event);
            } else if (!begun.isEmpty()) {
                Event invoke = answered(begun, event);
                begun.remove(invoke);
                completions.put(invoke.index(), event);
            }
        }
        return invocations.stream()
                .map(invoke -> new Operation(invoke, Optional.ofNullable(completions.get(invoke.index()))))
                .toList();
    }

    /** Which of {@code begun} is ended by {@code completion}: the first, or the first that wrote what the completion tells of. */
    private static Event answered(Deque<Event> begun, Event completion) {
        if (completion.value().isPresent()) {
            for (Event invoke : begun) {
                if (invoke.value().equals(completion.value())) {
                    return invoke;
                }
            }
        }
        return begun.element();
    }

    boolean ok() {
        return ended(Event.Type.OK);
    }

    /** Whether it certainly had no effect. */
    boolean failed() {
        return ended(Event.Type.FAIL);
    }

    /** Whether it may have an effect, now or later. */
    boolean unknown() {
        return !ok() && !failed();
    }

    private boolean ended(Event.Type type) {
        return completion.filter(event -> event.type() == type).isPresent();
    }

    /** It took no effect before this. */
    long from() {
        return invoke.nanos();
    }

    /** It took effect before this, if ever; {@link Long#MAX_VALUE} if that is open. */
    long to() {
        return unknown() ? Long.MAX_VALUE : completion.orElseThrow().nanos();
    }

    /** Whether it ended before {@code other} began. */
    boolean before(Operation other) {
        return to() < other.from();
    }

    Op op() {
        return invoke.op();
    }

    String key() {
        return invoke.key();
    }

    String process() {
        return invoke.process();
    }

    /** What was written or, of a read, found. */
    Optional<String> value() {
        return completion.flatMap(Event::value).or(invoke::value);
    }

    /** As acknowledged or read; 0 is none. */
    OptionalLong revision() {
        OptionalLong told = completion.map(Event::revision).orElse(OptionalLong.empty());
        return told.orElse(0) == 0 ? OptionalLong.empty() : told;
    }

    /** The node that answered, or else the one that was asked. */
    String node() {
        return completion.map(Event::node).filter(node -> !node.isEmpty()).orElse(invoke.node());
    }

    /** Invocation and, if there is one, completion. */
    List<Event> events() {
        List<Event> events = new ArrayList<>(2);
        events.add(invoke);
        completion.ifPresent(events::add);
        return events;
    }
}
