package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A time in which something was on: a fault, or a phase of the run.
 *
 * @param name the nemesis, or the phase
 * @param target whom the fault was meant for, and whom it met if that is more precise; empty for a phase
 * @param fromMs milliseconds since the run began
 * @param toMs when it was healed, or the run ended
 */
record FaultSpan(String name, String target, long fromMs, long toMs) {

    /** The faults that were injected, as they happened rather than as they were planned. */
    static List<FaultSpan> faults(List<Event> events, long endMs) {
        List<FaultSpan> spans = new ArrayList<>();
        for (Event event : events) {
            if (event.op() != Op.FAULT) {
                continue;
            }
            FaultSpan span = new FaultSpan(event.key(), event.value().orElse(""), Millis.of(event.nanos()), endMs);
            if (event.type() == Event.Type.INVOKE) {
                spans.add(span);
                continue;
            }
            open(spans, span, endMs).ifPresent(begun -> {
                int place = spans.indexOf(begun);
                spans.remove(place);
                if (event.type() != Event.Type.FAIL) {
                    spans.add(
                            place,
                            new FaultSpan(begun.name, met(begun.target, span.target), begun.fromMs, span.fromMs));
                }
            });
        }
        return List.copyOf(spans);
    }

    private static String met(String meant, String met) {
        return met.isEmpty() || met.equals(meant) ? meant : met.contains(meant) ? met : meant + ": " + met;
    }

    /** What {@code end} ends: of the same target if there is one, for a healing need not name it. */
    private static Optional<FaultSpan> open(List<FaultSpan> spans, FaultSpan end, long endMs) {
        List<FaultSpan> open = spans.stream()
                .filter(span -> span.toMs == endMs && span.name.equals(end.name))
                .toList();
        return open.stream()
                .filter(span -> span.target.equals(end.target))
                .findFirst()
                .or(() -> open.stream().findFirst());
    }

    /** The phases, each until the next. */
    static List<FaultSpan> phases(List<Event> events, long endMs) {
        List<FaultSpan> spans = new ArrayList<>();
        for (Event event : events) {
            if (event.op() != Op.PHASE) {
                continue;
            }
            long now = Millis.of(event.nanos());
            if (!spans.isEmpty()) {
                FaultSpan before = spans.remove(spans.size() - 1);
                spans.add(new FaultSpan(before.name, "", before.fromMs, now));
            }
            spans.add(new FaultSpan(event.key(), "", now, endMs));
        }
        return List.copyOf(spans);
    }
}
