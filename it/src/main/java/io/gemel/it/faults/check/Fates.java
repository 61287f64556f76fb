package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** When clients were killed, stopped and let go on, by the lines that the history has for each of them. */
final class Fates {
    private final Map<String, List<Event>> byClient;
    private final Map<String, List<Stop>> stops = new HashMap<>();
    private final Set<String> closed;
    private final long settle;

    /**
     * A time in which a client did nothing.
     *
     * @param to {@link Long#MAX_VALUE} if it did nothing more
     * @param noticed whether it was so long that its server or, afterwards, the client may have taken the connection for lost
     */
    private record Stop(long from, long to, boolean noticed) {}

    Fates(Evidence evidence) {
        byClient = evidence.history().events().stream()
                .filter(event -> event.op() == Op.KILL || event.op() == Op.FREEZE || event.op() == Op.THAW)
                .collect(Collectors.groupingBy(Event::process));
        closed = evidence.history().of(Op.CLOSE).stream().map(Event::process).collect(Collectors.toSet());
        settle = evidence.bounds().converge().toNanos();
        byClient.forEach((client, fates) -> stops.put(client, stops(fates, evidence.bounds())));
    }

    /** Two stops with so little time between them that nobody may have heard of the client in it are one. */
    private static List<Stop> stops(List<Event> fates, Bounds bounds) {
        long breath = bounds.sync().toNanos();
        long unnoticed = bounds.unnoticed().toNanos();
        List<Stop> stops = new ArrayList<>();
        int held = 0; // by how many who have not let it go on
        long from = 0;
        long to = -breath;
        for (Event fate : fates) {
            if (held == 0 && fate.op() != Op.THAW && fate.nanos() - to >= breath) {
                from = fate.nanos();
            }
            if (fate.op() == Op.KILL) {
                held = 1;
                break;
            } else if (fate.op() == Op.FREEZE) {
                held++;
            } else if (held > 0) {
                held--;
                to = fate.nanos();
                if (held == 0) {
                    stops.add(new Stop(from, to, to - from >= unnoticed));
                }
            }
        }
        if (held > 0) {
            stops.add(new Stop(from, Long.MAX_VALUE, true));
        }
        return stops;
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

    /**
     * Whether {@code client} stayed wherever it was between the two: as {@link #steady}, but that it stood still before, for less than
     * anybody notices, moves nobody.
     */
    boolean stayed(String client, long from, long to) {
        return stops.getOrDefault(client, List.of()).stream()
                .noneMatch(stop ->
                        stop.from() <= to && (stop.to() > from || (stop.noticed() && stop.to() > from - settle)));
    }

    /** Whether {@code client} ended, or stood still for so long that somebody may have noticed, at some time between the two. */
    boolean noticed(String client, long from, long to) {
        return stops.getOrDefault(client, List.of()).stream()
                .anyMatch(stop -> stop.noticed() && stop.from() <= to && stop.to() > from);
    }

    /** Whether {@code client} was there in the end. */
    boolean stays(String client) {
        List<Event> fates = byClient.getOrDefault(client, List.of());
        boolean stopped = !fates.isEmpty() && fates.get(fates.size() - 1).op() != Op.THAW;
        return !stopped && !closed.contains(client);
    }
}
