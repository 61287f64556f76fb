package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Around each violation: what happened, as a picture and as a table. */
final class FindingSection {
    private static final int FINDINGS_MAX = 12;
    private static final int PICTURES_MAX = 4;
    private static final int ROWS_MAX = 40;
    private static final int WIDTH_PX = 930;

    private final Html out;
    private final RunRecord run;
    private final Neighbours neighbours;

    FindingSection(Html out, RunRecord run) {
        this.out = out;
        this.run = run;
        this.neighbours = new Neighbours(run.operations());
    }

    static String anchor(Summary.Judged verdict) {
        return "finding-" + verdict.check().replaceAll("[^A-Za-z0-9-]", "-");
    }

    void write() {
        List<Summary.Judged> broken = run.summary().verdicts().stream()
                .filter(verdict -> !verdict.findings().isEmpty())
                .toList();
        if (broken.isEmpty()) {
            return;
        }
        out.raw("<section id=\"findings\"><h2>What broke</h2>\n");
        out.raw(
                "<p class=\"note\">A row is a client, a bar is an operation from its invocation to its completion; time goes to "
                        + "the right, in order but not to scale. <b class=\"k-ok\">Blue</b>: it took effect. "
                        + "<b class=\"k-fail\">Amber, ✗</b>: it certainly did not. <b class=\"k-info\">Dashed, ?</b>: unknown, "
                        + "perhaps later, along the dashed line. <b class=\"k-named\">Red and numbered</b>: named by the finding, in "
                        + "its order; the one with the cross could not be. Grey bands: faults. Beneath it the events as a table.</p>\n");
        broken.forEach(this::check);
        out.close("section").raw("\n");
    }

    private void check(Summary.Judged verdict) {
        out.open("h3", "id", anchor(verdict)).text(verdict.check());
        out.element("span", " " + verdict.promise(), "class", "promise").close("h3");
        out.raw("<ol class=\"findings\">\n");
        int pictures = 0;
        for (Summary.Found found : verdict.findings()
                .subList(0, Math.min(FINDINGS_MAX, verdict.findings().size()))) {
            out.raw("<li>").element("p", found.what(), "class", "what");
            List<Operation> named = neighbours.named(found.events());
            found.impossible().ifPresent(begin -> culprit(begin, named));
            if (!named.isEmpty() && pictures < PICTURES_MAX) {
                pictures++;
                picture(found, named);
            }
            out.raw("</li>\n");
        }
        out.raw("</ol>\n");
        int more = verdict.findings().size() - FINDINGS_MAX;
        if (more > 0) {
            out.element("p", more + " more are in summary.json.", "class", "note");
        }
    }

    private void picture(Summary.Found found, List<Operation> all) {
        List<Operation> named = all.subList(0, Math.min(ROWS_MAX, all.size()));
        Labels labels = Labels.about(named);
        Timeline timeline = Timeline.fitting(named, neighbours.of(named, labels), labels, WIDTH_PX, ROWS_MAX);
        out.raw(new SvgTimeline(timeline, named, impossible(found, named), run.faults()).draw(found.what()));
        List<Event> events = new ArrayList<>();
        for (Timeline.Bar bar : timeline.bars()) {
            events.add(bar.operation().begin());
            bar.operation().end().filter(end -> !bar.operation().moment()).ifPresent(events::add);
        }
        events.sort(Comparator.comparingLong(Event::index));
        out.raw("<details><summary>")
                .text(events.size() + " events of this picture")
                .raw("</summary>");
        out.table("events", "index", "time", "process", "what", "node", "key", "value", "revision", "error");
        for (Event event : events) {
            boolean inFinding = found.events().contains(event.index());
            out.open("tr", "class", inFinding ? "named" : "");
            cells(event);
            out.raw("</tr>\n");
        }
        out.endTable().close("details");
    }

    private void culprit(long begin, List<Operation> named) {
        named.stream()
                .filter(operation -> operation.begin().index() == begin)
                .forEach(operation -> out.element(
                        "p",
                        "Impossible: %s by %s at %s from %s on, event %d of history.jsonl"
                                .formatted(
                                        Words.of(operation.op()),
                                        operation.process(),
                                        operation.begin().node(),
                                        Millis.moment(operation.fromNanos()),
                                        begin),
                        "class",
                        "culprit"));
    }

    /**
     * The one that the check blames. If it blames none: the one that the finding's text tells of first with process, node and
     * beginning; else the one that ended last.
     */
    static Operation impossible(Summary.Found found, List<Operation> named) {
        String what = found.what();
        Optional<Operation> blamed = named.stream()
                .filter(operation -> found.impossible().stream()
                        .anyMatch(begin -> begin == operation.begin().index()))
                .findFirst();
        if (blamed.isPresent()) {
            return blamed.get();
        }
        Operation chosen = Collections.max(
                named, Comparator.comparingLong((Operation operation) -> operation.toNanos(operation.fromNanos())));
        int first = what.length();
        for (Operation operation : named) {
            int place = what.indexOf("by " + operation.process() + " at "
                    + operation.begin().node() + " [" + Millis.moment(operation.fromNanos()));
            if (place >= 0 && place < first) {
                first = place;
                chosen = operation;
            }
        }
        return chosen;
    }

    private void cells(Event event) {
        String value = event.value().orElse(event.seen().isEmpty() ? "" : Labels.all(event.seen()));
        String expected =
                event.expected().isPresent() ? " if r" + event.expected().getAsLong() : "";
        List.of(
                        String.valueOf(event.index()),
                        Millis.moment(event.nanos()),
                        event.process(),
                        Words.of(event.op()) + " " + Words.of(event.type()) + expected,
                        event.node(),
                        event.key(),
                        value,
                        event.revision().isPresent()
                                ? String.valueOf(event.revision().getAsLong())
                                : "",
                        event.error().orElse(""))
                .forEach(cell -> out.element("td", cell));
    }
}
