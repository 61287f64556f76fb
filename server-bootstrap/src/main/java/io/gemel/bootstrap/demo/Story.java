package io.gemel.bootstrap.demo;

import io.gemel.bootstrap.cli.Table;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells people what happens, in chapters with what was promised and kept. Not thread-safe. */
final class Story {
    private static final String INDENT = "     ";
    private static final int COLUMN = 88;

    private final PrintWriter out;
    private final String mark;
    private final List<String> figures = new ArrayList<>();
    private int chapter;
    private int kept;

    Story(PrintWriter out) {
        this.out = out;
        String encoding = System.getProperty("sun.stdout.encoding", System.getProperty("native.encoding", ""));
        this.mark = encoding.toUpperCase(Locale.ROOT).startsWith("UTF") ? "✓ " : "ok ";
    }

    void chapter(String title) {
        chapter++;
        line("");
        line(chapter + ". " + title);
    }

    void says(String text) {
        line("   " + text);
    }

    void kept(String promise) {
        kept++;
        line("   " + mark + promise);
    }

    void kept(String promise, Duration took) {
        kept++;
        String text = "   " + mark + promise;
        line(text + " ".repeat(Math.max(2, COLUMN - text.length())) + text(took));
    }

    /** A time worth remembering; it comes again in the summary. */
    void figure(String what, Duration took) {
        figures.add(what + ": " + text(took));
    }

    void table(Table table) {
        table.lines(INDENT).forEach(this::line);
    }

    void summary() {
        line("");
        line("All %d promises were kept.".formatted(kept));
        figures.forEach(this::says);
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    private static String text(Duration duration) {
        return duration.toMillis() < 1000
                ? duration.toMillis() + " ms"
                : String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }
}
