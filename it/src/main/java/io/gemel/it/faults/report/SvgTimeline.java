package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws a {@link Timeline} into the page itself, so that the proof of a violation can be seen without any script.
 *
 * <p>An operation that a finding names has a heavy outline and the finding's number for it; the one that could not be also has
 * a cross.
 */
final class SvgTimeline {
    static final int LABEL_CHARS = 38;
    private static final int NAMES_PX = 128;
    private static final int ROW_PX = 28;
    private static final int BAR_PX = 19;
    private static final int BAND_PX = 15;
    private static final int AXIS_PX = 18;
    private static final int TICK_EVERY_PX = 90;

    private final Timeline timeline;
    private final List<Operation> named;
    private final Operation impossible;
    private final List<FaultSpan> faults;
    private final Html out = new Html();

    /** {@code impossible} is the one of {@code named} that could not be. */
    SvgTimeline(Timeline timeline, List<Operation> named, Operation impossible, List<FaultSpan> faults) {
        this.timeline = timeline;
        this.named = named;
        this.impossible = impossible;
        long first = timeline.ticks().get(0).nanos();
        long last = timeline.ticks().get(timeline.ticks().size() - 1).nanos();
        this.faults = faults.stream()
                .filter(fault -> fault.toMs() >= Millis.of(first) && fault.fromMs() <= Millis.of(last))
                .limit(6)
                .toList();
    }

    /** The picture, described as {@code title}. */
    String draw(String title) {
        int top = faults.size() * BAND_PX + AXIS_PX;
        int height = top + timeline.rows().size() * ROW_PX + 4;
        double width = NAMES_PX + timeline.width() + 8;
        out.open("div", "class", "timeline")
                .open(
                        "svg",
                        "role",
                        "img",
                        "aria-label",
                        title,
                        "width",
                        px(width),
                        "height",
                        px(height),
                        "viewBox",
                        "0 0 " + px(width) + " " + px(height));
        for (int i = 0; i < faults.size(); i++) {
            band(faults.get(i), i * BAND_PX, height);
        }
        axis(top, height);
        for (int row = 0; row < timeline.rows().size(); row++) {
            int y = top + row * ROW_PX;
            line(0, y, width, y, "row");
            text(2, y + ROW_PX / 2.0 + 4, Html.clip(timeline.rows().get(row), 18), "name");
        }
        for (Map.Entry<Integer, List<Timeline.Bar>> row : timeline.byRow().entrySet()) {
            List<Timeline.Bar> bars = row.getValue();
            for (int i = 0; i < bars.size(); i++) {
                double until = i + 1 < bars.size() ? bars.get(i + 1).from() : timeline.width();
                bar(bars.get(i), top + row.getKey() * ROW_PX + 4, until);
            }
        }
        return out.close("svg").close("div").toString();
    }

    private void band(FaultSpan fault, int y, int height) {
        double from = NAMES_PX + timeline.at(fault.fromMs() * 1_000_000);
        double to = NAMES_PX + timeline.at(fault.toMs() * 1_000_000);
        rectangle(from, y, Math.max(2, to - from), height - y, "band");
        text(from + 3, y + 11, fault.name() + " → " + fault.target(), "fault");
    }

    private void axis(int top, int height) {
        double free = 0;
        for (Timeline.Tick tick : timeline.ticks()) {
            if (tick.at() >= free) {
                double x = NAMES_PX + tick.at();
                line(x, top - 3, x, height, "tick");
                text(x + 2, top - 6, Millis.moment(tick.nanos()), "time");
                free = tick.at() + TICK_EVERY_PX;
            }
        }
    }

    private void bar(Timeline.Bar bar, int y, double until) {
        Operation operation = bar.operation();
        int number = named.indexOf(operation) + 1;
        boolean marked = operation.equals(impossible);
        double x = NAMES_PX + bar.from();
        double width = bar.to() - bar.from();
        String kind = operation.moment() ? "moment" : Words.of(operation.outcome());
        out.open("g", "class", "op " + kind + (number > 0 ? " named" : "") + (marked ? " impossible" : ""));
        out.element("title", described(operation));
        if (!operation.moment() && operation.outcome() == Event.Type.INFO && until > bar.to()) {
            // It may take effect whenever from now on.
            line(x + width, y + BAR_PX / 2.0, NAMES_PX + until - 3, y + BAR_PX / 2.0, "maybe");
        }
        rectangle(x, y, width - 3, BAR_PX, "bar");
        String label = (marked ? "✗ " : "") + Html.clip(bar.label(), LABEL_CHARS);
        text(x + 5, y + 13.5, label, "label");
        if (number > 0) {
            out.raw("<circle class=\"badge\" cx=\"" + px(x) + "\" cy=\"" + px(y + 1) + "\" r=\"7\"/>");
            text(x - (number > 9 ? 6 : 3), y + 4.5, String.valueOf(number), "number");
        }
        out.close("g").raw("\n");
    }

    private static String described(Operation operation) {
        List<String> lines = new ArrayList<>();
        lines.add(operation.process() + " " + Words.of(operation.op()) + " "
                + operation.begin().key());
        lines.add(Millis.moment(operation.fromNanos())
                + operation.end().map(end -> " – " + Millis.moment(end.nanos())).orElse(" – no answer"));
        lines.add("events " + operation.begin().index()
                + operation.end().map(end -> ", " + end.index()).orElse(""));
        operation.end().flatMap(end -> end.error()).ifPresent(lines::add);
        return String.join("\n", lines);
    }

    private void rectangle(double x, double y, double width, double height, String styleClass) {
        out.raw("<rect class=\"" + styleClass + "\" x=\"" + px(x) + "\" y=\"" + px(y) + "\" width=\"" + px(width)
                + "\" height=\"" + px(height) + "\"/>");
    }

    private void line(double x1, double y1, double x2, double y2, String styleClass) {
        out.raw("<line class=\"" + styleClass + "\" x1=\"" + px(x1) + "\" y1=\"" + px(y1) + "\" x2=\"" + px(x2)
                + "\" y2=\"" + px(y2) + "\"/>");
    }

    private void text(double x, double y, String text, String styleClass) {
        out.element("text", text, "class", styleClass, "x", px(x), "y", px(y));
    }

    private static String px(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.1f", value);
    }
}
