package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** When clients were killed, stopped and let go on, by the lines that the history has for each of them. */
final class Fates {
    private final Map<String, List<Event>> byClient;
    private final Set<String> closed;
    private final long settle;

    Fates(Evidence evidence) {
        byClient = evidence.history().events().stream()
                .filter(event -> event.op() == Op.KILL || event.op() == Op.FREEZE || event.op() == Op.THAW)
                .collect(Collectors.groupingBy(Event::process));
        closed = evidence.history().of(Op.CLOSE).stream().map(Event::process).collect(Collectors.toSet());
        settle = evidence.bounds().converge().toNanos();
    }

    /** What befell {@code client} after a moment, in order. */
    List<Event> after(String client, long nanos) {
        return byClient.getOrDefault(client, List.of()).stream()
                .filter(fate -> fate.nanos() > nanos)
                .toList();
    }

    /** Whether {@code client} was up and up to date between the two: neither dead nor stopped then, nor just let go on. */
    boolean steady(String client, long from, long to) {
        boolean stopped = false;
        for (Event fate : byClient.getOrDefault(client, List.of())) {
            if (fate.nanos() <= from - settle) {
                stopped = fate.op() != Op.THAW;
            } else if (fate.nanos() <= to) {
                return false;
            }
        }
        return !stopped;
    }

    /** Whether {@code client} was there in the end. */
    boolean stays(String client) {
        List<Event> fates = byClient.getOrDefault(client, List.of());
        boolean stopped = !fates.isEmpty() && fates.get(fates.size() - 1).op() != Op.THAW;
        return !stopped && !closed.contains(client);
    }
}
