package io.gemel.it.faults.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes what a run left as a page for people: verdicts first, then what broke, then the run over time.
 *
 * <p>The page is one file and loads nothing: its styles, its script and the plotting library are in it, and its own content
 * policy forbids the rest. The same run directory and score give the same page. What comes from a history is data: it is escaped as text
 * and as JSON.
 */
public final class Report {
    private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";
    private static final String POLICY =
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

    private Report() {}

    /**
     * Writes report.html into {@code runDir} and returns its path. Files of the run that are not there are left out. Throws
     * {@link UncheckedIOException} if files cannot be read or written, {@link IllegalArgumentException} if the history is none.
     *
     * @param score the file with the score of seeded bugs, if there is none beside the run; need not exist
     */
    public static Path write(Path runDir, Path score) {
        try {
            RunRecord run = RunRecord.read(runDir);
            Html out = new Html();
            begin(
                    out,
                    VerdictSection.word(run.summary().outcome()) + ": "
                            + run.summary().workload());
            new VerdictSection(out, run).write();
            new FindingSection(out, run).write();
            new TimeSection(out, run).write();
            MutationScore.in(runDir.toAbsolutePath().resolveSibling(""), score).write(out);
            files(out, runDir);
            script(out, resource(ECHARTS).orElse(""));
            script(out, own("report.js"));
            return end(out, runDir.resolve("report.html"));
        } catch (IOException e) {
            throw new UncheckedIOException("report of " + runDir + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes index.html into {@code parent}, with a line for each run in a directory below it, and returns its path. Fails as
     * {@link #write}.
     *
     * @param score the file with the score of seeded bugs, if there is none in {@code parent}; need not exist
     */
    public static Path index(Path parent, Path score) {
        try {
            Html out = new Html();
            begin(out, "Fault-injection runs");
            IndexSection.of(parent).write(out);
            MutationScore.in(parent, score).write(out);
            return end(out, parent.resolve("index.html"));
        } catch (IOException e) {
            throw new UncheckedIOException("index of " + parent + ": " + e.getMessage(), e);
        }
    }

    private static void begin(Html out, String title) throws IOException {
        out.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
        out.open("meta", "http-equiv", "Content-Security-Policy", "content", POLICY)
                .raw("\n");
        out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        out.raw("<link rel=\"icon\" href=\"data:,\">\n").element("title", title + " · Gemel");
        out.raw("<style>\n").raw(own("report.css")).raw("</style></head>\n<body><main>\n");
    }

    private static Path end(Html out, Path file) throws IOException {
        out.raw("</main></body></html>\n");
        // Not writeString: that refuses a lone surrogate, which a broken history may have.
        return Files.write(file, out.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void script(Html out, String source) {
        out.raw("<script>\n").raw(source.replace("</script", "<\\/script")).raw("\n</script>\n");
    }

    private static void files(Html out, Path runDir) throws IOException {
        List<Path> logs;
        try (Stream<Path> files = Files.walk(runDir, 2)) {
            logs = files.filter(Files::isRegularFile)
                    .map(runDir::relativize)
                    .filter(file -> file.toString().matches(".*\\.(log|json|jsonl|edn)"))
                    .sorted()
                    .limit(100)
                    .toList();
        }
        out.raw(
                "<section id=\"files\"><h2>Files of this run</h2>\n<p class=\"note\">A soak keeps them only of runs that did not "
                        + "pass.</p><p class=\"files\">");
        for (Path file : logs) {
            out.element("a", file.toString(), "href", link(file)).raw(" ");
        }
        out.raw("</p></section>\n");
    }

    /** A relative address of {@code path}, whatever is in its name. */
    static String link(Path path) {
        return Stream.of(path.toString().split("/", -1)).map(Report::encoded).collect(Collectors.joining("/"));
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String own(String name) throws IOException {
        return resource("/io/gemel/it/faults/report/" + name)
                .orElseThrow(() -> new IOException(name + " is not on the class path"));
    }

    private static Optional<String> resource(String path) throws IOException {
        try (InputStream in = Report.class.getResourceAsStream(path)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
