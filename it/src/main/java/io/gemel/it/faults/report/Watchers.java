package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What watchers were shown, and how late.
 *
 * @param lanes a row for each watcher of each service
 * @param hidden how many rows there are too many to draw
 * @param lags for each watcher, from the invocation of a registration until the watcher was shown it: pairs of milliseconds
 *     of the run and microseconds
 */
record Watchers(List<Lane> lanes, int hidden, Map<String, List<long[]>> lags) {
    private static final int LANES_MAX = 16;
    private static final int LAGS_MAX = 6_000;

    /**
     * How many instances a watcher was shown over time.
     *
     * @param most the largest number
     * @param points pairs of milliseconds and number of instances
     * @param empty when it was shown an empty list
     */
    record Lane(String name, String service, long most, List<long[]> points, List<Long> empty) {}

    /** The picture of {@code run}, with fewer of {@code lags}. */
    static Watchers of(RunRecord run, Map<String, List<long[]>> lags) {
        Map<String, Map<String, List<Event>>> rows = new TreeMap<>();
        for (Event view : run.history().of(Op.VIEW)) {
            rows.computeIfAbsent(view.key(), key -> new TreeMap<>())
                    .computeIfAbsent(view.process(), process -> new ArrayList<>())
                    .add(view);
        }
        List<Lane> lanes = new ArrayList<>();
        rows.forEach(
                (service, watchers) -> watchers.forEach((watcher, shown) -> lanes.add(lane(watcher, service, shown))));
        List<Lane> drawn = lanes.subList(0, Math.min(LANES_MAX, lanes.size()));
        Map<String, List<long[]>> thinned = new TreeMap<>(lags);
        int each = LAGS_MAX / Math.max(1, lags.size());
        thinned.replaceAll((watcher, lag) -> Thinning.evenly(lag, each));
        return new Watchers(List.copyOf(drawn), lanes.size() - drawn.size(), thinned);
    }

    private static Lane lane(String watcher, String service, List<Event> views) {
        List<long[]> points = new ArrayList<>();
        List<Long> empty = new ArrayList<>();
        for (Event view : views) {
            long at = Millis.of(view.nanos());
            points.add(new long[] {at, view.seen().size()});
            if (view.seen().isEmpty()) {
                empty.add(at);
            }
        }
        long most = points.stream().mapToLong(point -> point[1]).max().orElse(0);
        return new Lane(
                watcher, service, most, new Curve(watcher, points).thinned().points(), Thinning.evenly(empty, 500));
    }

    /** Every lag of every watcher that watched before the registration was invoked. */
    static Map<String, List<long[]>> lags(RunRecord run) {
        Map<String, Long> written = new HashMap<>();
        for (Operation operation : run.operations()) {
            boolean writes = operation.op() == Op.REGISTER || operation.op() == Op.CAS;
            if (writes && !operation.moment() && operation.outcome() == Event.Type.OK) {
                operation
                        .begin()
                        .value()
                        .ifPresent(value ->
                                written.putIfAbsent(operation.begin().key() + '\n' + value, operation.fromNanos()));
            }
        }
        Map<String, List<long[]>> lags = new TreeMap<>();
        Map<String, Long> began = new HashMap<>();
        Map<String, Set<String>> shown = new HashMap<>();
        for (Event view : run.history().of(Op.VIEW)) {
            String watcher = view.process() + '\n' + view.key();
            long since = began.computeIfAbsent(watcher, key -> view.nanos());
            Set<String> before = shown.computeIfAbsent(watcher, key -> new HashSet<>());
            for (Seen seen : view.seen()) {
                String write = view.key() + '#' + seen.key() + '\n' + seen.value();
                Long invoked = before.add(write) ? written.get(write) : null;
                if (invoked != null && invoked > since && view.nanos() >= invoked) {
                    lags.computeIfAbsent(view.process(), process -> new ArrayList<>())
                            .add(new long[] {Millis.of(view.nanos()), (view.nanos() - invoked) / 1000});
                }
            }
        }
        return lags;
    }
}
