package io.gemel.it.faults.report;

import com.google.gson.Gson;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The run over time: plots, and beside them the tables that say the same without any script. */
final class TimeSection {
    private static final int ERRORS_MAX = 15;

    private final Html out;
    private final RunRecord run;

    TimeSection(Html out, RunRecord run) {
        this.out = out;
        this.run = run;
    }

    /** What the script of the page draws. */
    private record Drawn(
            long endMs,
            List<FaultSpan> faults,
            List<FaultSpan> phases,
            Traffic traffic,
            Nodes nodes,
            Agreement agreement,
            Watchers watchers) {}

    void write() {
        Traffic traffic = Traffic.of(run);
        Map<String, List<long[]>> lags = Watchers.lags(run);
        Watchers watchers = Watchers.of(run, lags);
        traffic(traffic);
        nodes();
        watchers(watchers, lags);
        faults();
        Drawn drawn =
                new Drawn(run.endMs(), run.faults(), run.phases(), traffic, Nodes.of(run), Agreement.of(run), watchers);
        // Gson writes <, > and & as escapes, so that no text of a history can end the script.
        out.raw("<script type=\"application/json\" id=\"run\">")
                .raw(new Gson().toJson(drawn))
                .raw("</script>\n");
    }

    private void traffic(Traffic traffic) {
        out.raw("<section id=\"traffic\"><h2>Latency and throughput</h2>\n");
        out.raw(
                "<p class=\"note\">Each mark is an operation, where it began; the scale of latency is logarithmic. Grey: a fault "
                        + "was on, named at the top.");
        if (traffic.thinned() > 0) {
            out.text(" " + traffic.thinned() + " of the marks are left out, evenly; the tables count all.");
        }
        out.raw("</p>");
        chart("chart-traffic", "Latency of each operation and operations per second, over time, with the faults");
        operations();
        errors();
        out.close("section").raw("\n");
    }

    private void operations() {
        Map<Op, Map<Event.Type, List<Long>>> latencies = new EnumMap<>(Op.class);
        for (Operation operation : run.operations()) {
            if (!operation.moment()) {
                latencies
                        .computeIfAbsent(operation.op(), op -> new EnumMap<>(Event.Type.class))
                        .computeIfAbsent(operation.outcome(), type -> new ArrayList<>())
                        .add((operation.toNanos(operation.fromNanos()) - operation.fromNanos()) / 1000);
            }
        }
        out.table("numbers", "operation", "ok", "failed", "unknown", "median of ok", "p90", "p99", "longest");
        latencies.forEach((op, byType) -> {
            Percentiles ok = Percentiles.of(byType.getOrDefault(Event.Type.OK, List.of()));
            out.row(
                    Words.of(op),
                    count(byType, Event.Type.OK),
                    count(byType, Event.Type.FAIL),
                    count(byType, Event.Type.INFO),
                    ok.micros(50),
                    ok.micros(90),
                    ok.micros(99),
                    ok.micros(100));
        });
        out.endTable();
    }

    private static String count(Map<Event.Type, List<Long>> byType, Event.Type type) {
        return String.valueOf(byType.getOrDefault(type, List.of()).size());
    }

    private void errors() {
        Map<String, List<Event>> byCode = new TreeMap<>();
        for (Operation operation : run.operations()) {
            operation.end().filter(end -> end.error().isPresent()).ifPresent(end -> {
                String code = end.error().orElse("").replaceFirst(":.*", "");
                String kind = Words.of(end.op()) + " " + (end.type() == Event.Type.FAIL ? "failed" : "unknown") + ": ";
                byCode.computeIfAbsent(kind + Html.clip(code, 60), key -> new ArrayList<>())
                        .add(end);
            });
        }
        if (byCode.isEmpty()) {
            return;
        }
        out.raw("<details><summary>")
                .text(VerdictSection.counted(byCode.size(), "kind") + " of errors")
                .raw("</summary>");
        out.table("errors", "error", "how often", "first at", "for example");
        byCode.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
                .limit(ERRORS_MAX)
                .forEach(entry -> {
                    Event first = entry.getValue().get(0);
                    out.row(
                            entry.getKey(),
                            String.valueOf(entry.getValue().size()),
                            Millis.moment(first.nanos()),
                            first.error().orElse(""));
                });
        out.endTable().close("details");
    }

    private void nodes() {
        if (run.samples().isEmpty()) {
            return;
        }
        out.raw("<section id=\"nodes\"><h2>Nodes</h2>\n");
        out.raw(
                "<p class=\"note\">As each node said of itself when asked, several times a second; frozen or cut off it gives no "
                        + "answer. Breaks in the lines: not known.</p>");
        chart(
                "chart-nodes",
                "For each node whether it ran and was ready, its part in Raft, its term and its resources");
        NodeTable.write(out, run);
        out.raw(
                "<h3>Agreement</h3>\n<p class=\"note\">An origin is what one node alone writes of the ephemeral side; all others "
                        + "hold copies. Samples of different nodes are some milliseconds apart, so spikes under load mean little; after "
                        + "the last fault all lines but the number of instances have to come to zero.</p>");
        chart(
                "chart-agreement",
                "How far the nodes differed in ephemeral entries, and how far each was behind in the Raft log");
        out.close("section").raw("\n");
    }

    private void watchers(Watchers watchers, Map<String, List<long[]>> lags) {
        if (watchers.lanes().isEmpty()) {
            return;
        }
        out.raw("<section id=\"watchers\"><h2>Watchers</h2>\n");
        out.raw(
                "<p class=\"note\">How many instances each watcher was shown; a triangle: an empty list, rightly or not. Below, how long it took "
                        + "from the call that registered until a watcher was shown it.");
        if (watchers.hidden() > 0) {
            out.text(" " + watchers.hidden() + " more watchers are not drawn.");
        }
        out.raw("</p>");
        chart("chart-watchers", "Number of instances each watcher was shown, over time, and the lag of pushes");
        if (!lags.isEmpty()) {
            out.table("numbers", "watcher", "registrations shown", "median lag", "p90", "p99", "longest");
            lags.forEach((watcher, points) -> {
                Percentiles lag =
                        Percentiles.of(points.stream().map(point -> point[1]).toList());
                out.row(
                        watcher,
                        String.valueOf(points.size()),
                        lag.micros(50),
                        lag.micros(90),
                        lag.micros(99),
                        lag.micros(100));
            });
            out.endTable();
        }
        out.close("section").raw("\n");
    }

    private void faults() {
        out.raw("<section id=\"faults\"><h2>Faults</h2>\n");
        if (run.faults().isEmpty()) {
            out.raw("<p class=\"note\">None was injected.</p>");
        } else {
            List<FaultSpan> shown = Thinning.evenly(run.faults(), 400);
            out.raw("<details><summary>")
                    .text(VerdictSection.counted(run.faults().size(), "fault") + " as they happened")
                    .raw("</summary>");
            out.table("faults", "from", "until", "fault", "whom it met");
            shown.forEach(fault -> out.row(
                    Millis.moment(fault.fromMs() * 1_000_000),
                    Millis.moment(fault.toMs() * 1_000_000),
                    fault.name(),
                    fault.target()));
            out.endTable().close("details");
        }
        out.close("section").raw("\n");
    }

    private void chart(String id, String description) {
        out.open("div", "class", "chart", "id", id, "role", "img", "aria-label", description)
                .raw("<p class=\"nochart\">This plot needs its script; the tables say the same in numbers.</p>")
                .close("div")
                .raw("\n");
    }
}
