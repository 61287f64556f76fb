package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Latency of every operation, and how many ended per second.
 *
 * @param facets one picture for each kind of operation
 * @param binMs the width of a bin of {@code rates}
 * @param rates ended per second, a value for each bin, by outcome: ok, fail, info
 * @param thinned how many of the successful ones are not drawn
 */
record Traffic(List<Facet> facets, long binMs, Map<String, long[]> rates, int thinned) {
    private static final int OK_MAX = 20_000;
    private static final int OTHERS_MAX = 30_000;
    private static final int BINS_MAX = 240;
    private static final long[] BINS_MS = {100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000};

    /** The operations of one kind: pairs of start in milliseconds and latency in microseconds. */
    record Facet(String op, List<long[]> ok, List<long[]> fail, List<long[]> info) {}

    static Traffic of(RunRecord run) {
        Map<Op, Map<Event.Type, List<long[]>>> points = new EnumMap<>(Op.class);
        int ok = 0;
        int others = 0;
        for (Operation operation : run.operations()) {
            if (operation.moment() || operation.end().isEmpty()) {
                continue;
            }
            long latencyMicros = Math.max(1, (operation.toNanos(0) - operation.fromNanos()) / 1000);
            points.computeIfAbsent(operation.op(), op -> new EnumMap<>(Event.Type.class))
                    .computeIfAbsent(operation.outcome(), type -> new ArrayList<>())
                    .add(new long[] {Millis.of(operation.fromNanos()), latencyMicros});
            ok += operation.outcome() == Event.Type.OK ? 1 : 0;
            others += operation.outcome() == Event.Type.OK ? 0 : 1;
        }
        double keepOk = Math.min(1.0, (double) OK_MAX / Math.max(1, ok));
        double keepOthers = Math.min(1.0, (double) OTHERS_MAX / Math.max(1, others));
        List<Facet> facets = new ArrayList<>();
        int drawn = 0;
        for (Map.Entry<Op, Map<Event.Type, List<long[]>>> entry : points.entrySet()) {
            Facet facet = new Facet(
                    Words.of(entry.getKey()),
                    thin(entry.getValue(), Event.Type.OK, keepOk),
                    thin(entry.getValue(), Event.Type.FAIL, keepOthers),
                    thin(entry.getValue(), Event.Type.INFO, keepOthers));
            facets.add(facet);
            drawn += facet.ok.size() + facet.fail.size() + facet.info.size();
        }
        long bin = bin(run.endMs());
        return new Traffic(facets, bin, rates(run, bin), ok + others - drawn);
    }

    private static List<long[]> thin(Map<Event.Type, List<long[]>> points, Event.Type type, double share) {
        List<long[]> all = points.getOrDefault(type, List.of());
        return Thinning.evenly(all, (int) Math.ceil(all.size() * share));
    }

    private static long bin(long endMs) {
        for (long bin : BINS_MS) {
            if (endMs / bin <= BINS_MAX) {
                return bin;
            }
        }
        return endMs / BINS_MAX;
    }

    private static Map<String, long[]> rates(RunRecord run, long binMs) {
        int bins = (int) (run.endMs() / binMs) + 1;
        Map<String, long[]> rates = new TreeMap<>();
        List.of(Event.Type.OK, Event.Type.FAIL, Event.Type.INFO)
                .forEach(type -> rates.put(Words.of(type), new long[bins]));
        for (Operation operation : run.operations()) {
            if (!operation.moment() && operation.end().isPresent()) {
                Event end = operation.end().get();
                long[] rate = rates.getOrDefault(Words.of(end.type()), new long[bins]);
                rate[(int) (Millis.of(end.nanos()) / binMs)]++;
            }
        }
        rates.values().forEach(rate -> {
            for (int i = 0; i < rate.length; i++) {
                rate[i] = Math.round(rate[i] * 1000.0 / binMs);
            }
        });
        return rates;
    }
}
