package io.gemel.it.faults.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the bars of a few operations go, so that each can be read: a row for each process, time from left to right.
 *
 * <p>The order of beginnings and ends is that of time, which is all that a proof needs; distances are stretched until every
 * label has its room and then grow with the logarithm of time only, or an operation of a millisecond could not be seen next to
 * a timeout.
 */
final class Timeline {
    private static final double CHAR_PX = 6.7;
    private static final double PADDING_PX = 24;
    private static final double STEP_PX = 5;

    /** A bar: from where to where, in pixels from the left of the rows. */
    record Bar(Operation operation, int row, double from, double to, String label) {}

    /** A moment with its place. */
    record Tick(long nanos, double at) {}

    private final List<String> rows;
    private final List<Bar> bars = new ArrayList<>();
    private final List<Tick> ticks = new ArrayList<>();
    private double width;

    private Timeline(List<String> rows) {
        this.rows = rows;
    }

    /** One end of an operation. */
    private record Edge(Operation operation, boolean begins, long nanos, long index) {}

    static Timeline of(List<Operation> operations, Labels labels) {
        List<String> rows = operations.stream()
                .map(Operation::process)
                .distinct()
                .sorted(Comparator.comparing(Timeline::sortable))
                .toList();
        Timeline timeline = new Timeline(rows);
        timeline.place(operations, labels);
        return timeline;
    }

    /** As many of {@code neighbours} around {@code named} as fit into {@code widthMax} pixels, but all of {@code named}. */
    static Timeline fitting(
            List<Operation> named, List<Operation> neighbours, Labels labels, double widthMax, int countMax) {
        Timeline best = of(named, labels);
        for (int count = 1; count <= Math.min(countMax, neighbours.size()); count++) {
            List<Operation> operations = new ArrayList<>(named);
            operations.addAll(neighbours.subList(0, count));
            Timeline next = of(operations, labels);
            if (next.width > widthMax) {
                break;
            }
            best = next;
        }
        return best;
    }

    List<String> rows() {
        return rows;
    }

    List<Bar> bars() {
        return bars;
    }

    List<Tick> ticks() {
        return ticks;
    }

    double width() {
        return width;
    }

    /** Where a moment is, between the ticks around it. */
    double at(long nanos) {
        Tick before = ticks.get(0);
        if (nanos <= before.nanos) {
            return 0;
        }
        for (Tick tick : ticks) {
            if (tick.nanos >= nanos) {
                double share = (double) (nanos - before.nanos) / Math.max(1, tick.nanos - before.nanos);
                return before.at + share * (tick.at - before.at);
            }
            before = tick;
        }
        return width;
    }

    private void place(List<Operation> operations, Labels labels) {
        Map<Operation, Double> begun = new HashMap<>();
        Map<String, Double> free = new HashMap<>();
        double at = 0;
        long last = Long.MIN_VALUE;
        for (Edge edge : edges(operations)) {
            Operation operation = edge.operation;
            String label = labels.of(operation);
            double room = Html.clip(label, SvgTimeline.LABEL_CHARS).length() * CHAR_PX + PADDING_PX;
            at += last == Long.MIN_VALUE ? STEP_PX : step(edge.nanos - last);
            last = edge.nanos;
            if (edge.begins) {
                at = Math.max(at, free.getOrDefault(operation.process(), 0.0) + STEP_PX);
                begun.put(operation, at);
                free.put(operation.process(), at + room);
                width = Math.max(width, at + room);
            }
            if (!edge.begins || operation.moment()) {
                double from = begun.getOrDefault(operation, at);
                at = operation.moment() ? at : Math.max(at, from + room);
                free.merge(operation.process(), at, Math::max);
                bars.add(new Bar(operation, rows.indexOf(operation.process()), from, Math.max(at, from + room), label));
            }
            ticks.add(new Tick(edge.nanos, at));
            width = Math.max(width, at + STEP_PX);
        }
        for (Operation operation : operations) {
            if (operation.end().isEmpty()) {
                double from = begun.getOrDefault(operation, 0.0);
                bars.add(new Bar(operation, rows.indexOf(operation.process()), from, width, labels.of(operation)));
            }
        }
    }

    private static List<Edge> edges(List<Operation> operations) {
        List<Edge> edges = new ArrayList<>();
        for (Operation operation : operations) {
            edges.add(new Edge(
                    operation, true, operation.fromNanos(), operation.begin().index()));
            if (!operation.moment()) {
                operation.end().ifPresent(end -> edges.add(new Edge(operation, false, end.nanos(), end.index())));
            }
        }
        edges.sort(Comparator.comparingLong(Edge::nanos).thenComparingLong(Edge::index));
        return edges;
    }

    private static double step(long nanos) {
        return STEP_PX + Math.min(28, 7 * Math.log10(1 + nanos / 1e6));
    }

    /** Sorts c1-2 before c1-10. */
    private static String sortable(String name) {
        StringBuilder key = new StringBuilder();
        for (String part : name.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)", -1)) {
            boolean number = !part.isEmpty() && Character.isDigit(part.charAt(0));
            key.append(number ? "0".repeat(Math.max(0, 12 - part.length())) + part : part);
        }
        return key.toString();
    }

    /** Each row's bars, in time. */
    Map<Integer, List<Bar>> byRow() {
        Map<Integer, List<Bar>> byRow = new TreeMap<>();
        bars.stream()
                .sorted(Comparator.comparingDouble(Bar::from))
                .forEach(bar ->
                        byRow.computeIfAbsent(bar.row, row -> new ArrayList<>()).add(bar));
        return byRow;
    }
}
