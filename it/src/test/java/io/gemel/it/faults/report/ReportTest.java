package io.gemel.it.faults.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Pattern SCRIPT = Pattern.compile("(<script[^>]*>)(.*?)</script>", Pattern.DOTALL);
    private static final Pattern ADDRESS = Pattern.compile("\\s(?:src|href|action|data)=\"([^\"]*)\"");

    @TempDir
    Path dir;

    @Test
    void theOutcomeAndTheVerdictsComeBeforeAllElse() throws IOException {
        SampleRun.bad(7).write(dir);

        String page = written();

        assertThat(page).contains("<title>Failed: mixed · Gemel</title>");
        assertThat(body(page))
                .containsSubsequence(
                        "✗</span> Failed</h1>",
                        "3 of 9 promises were broken: linearizability, no-zombies, no-false-empty.",
                        "./gemel faults --workload mixed --nemesis kill,partition-halves,slow-link,freeze --time 21s --seed 4242",
                        "id=\"verdicts\"",
                        "id=\"skipped\"",
                        "id=\"findings\"",
                        "id=\"traffic\"",
                        "id=\"nodes\"",
                        "id=\"watchers\"",
                        "id=\"files\"");
    }

    @Test
    void brokenPromisesStandBeforeUndecidedOnesAndTheseBeforeKeptOnes() throws IOException {
        SampleRun.bad(7).write(dir);

        assertThat(body(written()))
                .containsSubsequence(
                        "<tr class=\"violated\"",
                        "<strong>linearizability</strong>",
                        "<tr class=\"undecided\"",
                        "<strong>growth</strong>",
                        "<tr class=\"holds\"",
                        "<strong>set-full</strong>");
    }

    @Test
    void aRunThatPassedSaysSoAndShowsNoFindings() throws IOException {
        SampleRun.good(7).write(dir);

        assertThat(body(written()))
                .contains("✓</span> Passed</h1>", "All 9 promises held.")
                .doesNotContain("id=\"findings\"");
    }

    @Test
    void whatCouldNotBeInjectedIsNamedWithItsReason() throws IOException {
        SampleRun.good(7).write(dir);

        assertThat(body(written()))
                .contains(
                        "1 fault could not be injected here and counts as not tested.",
                        "<td>disk-full</td><td>no loop devices here: mount failed with EPERM</td>",
                        "<td>clock-drift s1 at 9.000 s</td><td>no libfaketime on this machine</td>");
    }

    @Test
    void aViolationIsDrawnWithTheImpossibleOperationMarked() throws IOException {
        SampleRun.bad(7).write(dir);

        assertThat(body(written()))
                .containsSubsequence(
                        "id=\"finding-linearizability\"",
                        "c3-2 read v40 at revision 17590",
                        "<svg role=\"img\"",
                        "class=\"op ok named impossible\"",
                        "✗ s1 read → v40 r17590",
                        "<details>",
                        "<tr class=\"named\">");
    }

    @Test
    void thePageLoadsNothing() throws IOException {
        SampleRun.bad(7).write(dir);

        String page = written();

        assertThat(page).contains("content=\"default-src &#39;none&#39;;");
        assertThat(page).contains("echarts");
        String markup = body(page);
        assertThat(markup).doesNotContain("<img", "<iframe", "<object", "@import", "url(");
        List<String> addresses = ADDRESS.matcher(markup)
                .results()
                .map(found -> found.group(1))
                .filter(address -> !address.startsWith("#") && !address.equals("data:,"))
                .toList();
        assertThat(addresses).contains("s1/server.log", "history.jsonl").noneMatch(address -> address.contains(":"));
        assertThat(SCRIPT.matcher(page).results().map(found -> found.group(1)))
                .hasSize(3)
                .noneMatch(tag -> tag.contains("src"));
    }

    @Test
    void textOfOthersCanNeitherBecomeMarkupNorEndAScript() throws IOException {
        String hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e\u0000";
        SampleRun.bad(7).labelled(hostile).write(dir);

        String page = written();

        assertThat(SCRIPT.matcher(page).results()).hasSize(3);
        assertThat(body(page))
                .contains("&lt;/script&gt;&lt;script&gt;alert(1)", "onerror=alert(2)&gt;&quot;&#39;&amp;\ufffd\u2400")
                .doesNotContain("<img", "\u202e");
        assertThat(json(page).getAsJsonObject("traffic")).isNotNull();
    }

    @Test
    void theSameRunMakesTheSamePage() throws IOException {
        SampleRun.bad(7).write(dir.resolve("a"));
        SampleRun.bad(7).write(dir.resolve("b"));

        assertThat(Report.write(dir.resolve("a"), none()))
                .hasSameBinaryContentAs(Report.write(dir.resolve("b"), none()));
        byte[] first = Files.readAllBytes(dir.resolve("a/report.html"));
        assertThat(Report.write(dir.resolve("a"), none())).hasBinaryContent(first);
    }

    @Test
    void aLongHistoryStaysSmallAndKeepsWhatDidNotSucceed() throws IOException {
        SampleRun.large(7, 5000).write(dir);

        String page = written();

        assertThat(Files.size(dir.resolve("report.html"))).isLessThan(8_000_000);
        JsonObject counts = JsonParser.parseString(Files.readString(dir.resolve("summary.json")))
                .getAsJsonObject()
                .getAsJsonObject("counts");
        JsonArray facets = json(page).getAsJsonObject("traffic").getAsJsonArray("facets");
        assertThat(counts.get("ok").getAsInt()).isGreaterThan(40_000);
        assertThat(marks(facets, "ok")).isBetween(19_000, 20_010);
        assertThat(marks(facets, "info")).isEqualTo(counts.get("info").getAsInt());
        // One failure is a fault that could not be injected.
        assertThat(marks(facets, "fail")).isEqualTo(counts.get("fail").getAsInt() - 1);
        assertThat(body(page)).contains("of the marks are left out, evenly");
    }

    @Test
    void anEmptyDirectoryIsARunOfWhichNothingIsKnown() throws IOException {
        assertThat(body(written()))
                .contains("Not decided</h1>", "The run ended before anything was checked.", "None was injected.");
    }

    @Test
    void aRunDoesNotPassBecauseItSaysSo() throws IOException {
        Files.writeString(
                dir.resolve("summary.json"),
                "{\"passed\":true,\"verdicts\":[{\"check\":\"a\",\"outcome\":\"UNDECIDED\"},{\"check\":\"b\",\"outcome\":\"holds\"}]}");
        assertThat(body(written())).contains("Not decided</h1>", "of 1 of 2 it is not known whether they held: a");

        Files.writeString(
                dir.resolve("summary.json"),
                "{\"passed\":false,\"verdicts\":[{\"check\":\"b\",\"outcome\":\"HOLDS\"}]}");
        assertThat(body(written())).contains("Failed</h1>", "the run did not get through");
    }

    @Test
    void aRunInWhichNoFaultCouldBeInjectedShowsNothing() throws IOException {
        Files.writeString(
                dir.resolve("summary.json"),
                "{\"passed\":false,\"nemeses\":[\"clock\"],\"skipped\":[{\"nemesis\":\"clock\",\"why\":\"no libfaketime\"}],"
                        + "\"verdicts\":[{\"check\":\"b\",\"outcome\":\"HOLDS\"}]}");

        assertThat(body(written())).contains("Not decided</h1>", "no fault could be injected");
    }

    @Test
    void anIndexListsFailedRunsFirstAndLeadsToEachReport() throws IOException {
        SampleRun.good(1).write(dir.resolve("0001-mixed"));
        SampleRun.bad(2).write(dir.resolve("0002 mixed?"));
        Report.write(dir.resolve("0001-mixed"), none());
        Report.write(dir.resolve("0002 mixed?"), none());
        Files.writeString(
                dir.resolve("mutation-score.json"),
                "{\"score\":\"1 of 2\",\"mutants\":[{\"name\":\"stale-read\",\"checks\":[\"a\",\"b\"],\"caught\":true}]}");

        String page = Files.readString(Report.index(dir, none()));

        assertThat(page)
                .containsSubsequence(
                        "2 runs: 1 passed, 1 failed, 0 not decided",
                        "id=\"matrix\"",
                        "✗ 1  ✓ 1",
                        "<a href=\"0002%20mixed%3F/report.html\">0002 mixed?</a>",
                        "<a href=\"0001-mixed/report.html\">0001-mixed</a>",
                        "<dd>1 of 2</dd>",
                        "<td>stale-read</td><td>a, b</td><td>✓ yes</td>");
        assertThat(body(Files.readString(Report.write(dir.resolve("0001-mixed"), none()))))
                .contains("stale-read");
    }

    @Test
    void aRunThatCouldNotBeCarriedOutIsInTheIndexByItsPlan() throws IOException {
        SampleRun.good(1).write(dir.resolve("0001-mixed"));
        Files.createDirectories(dir.resolve("0002-set"));
        Files.writeString(
                dir.resolve("0002-set/schedule.json"),
                "{\"seed\":7,\"workload\":\"set\",\"nemeses\":[\"wipe\"],\"time\":\"PT10S\",\"nodes\":3,\"faults\":[]}");

        assertThat(body(Files.readString(Report.index(dir, none()))))
                .containsSubsequence(
                        "2 runs: 1 passed, 0 failed, 1 not decided", "0002-set", "<td>set</td><td>wipe</td><td>7</td>");
    }

    @Test
    void theScoreOfSeededBugsIsTheOneBesideTheRunOrElseThatOfTheBuild() throws IOException {
        SampleRun.good(1).write(dir.resolve("runs/1"));
        Path build = Files.writeString(
                dir.resolve("of-the-build.json"), "[{\"bug\":\"stale-read\",\"caught\":false,\"time\":\"PT61S\"}]");

        assertThat(body(Files.readString(Report.write(dir.resolve("runs/1"), build))))
                .contains("<tr class=\"violated\"><td>stale-read</td><td>✗ no</td><td>61s</td>");
        assertThat(Files.readString(Report.index(dir.resolve("runs"), build))).contains("stale-read");

        Files.writeString(dir.resolve("runs/mutation-score.json"), "[{\"bug\":\"lost-ack\",\"caught\":true}]");
        assertThat(body(Files.readString(Report.write(dir.resolve("runs/1"), build))))
                .contains("<td>lost-ack</td>")
                .doesNotContain("stale-read");
    }

    @Test
    void theOperationThatACheckBlamesIsNamed() throws IOException {
        SampleRun.bad(7).write(dir);

        assertThat(body(written())).containsPattern("Impossible: read by c3-2 at s1 from [0-9.]+ s on, event \\d+ of");
    }

    /** There is no score of seeded bugs. */
    private Path none() {
        return dir.resolve("no-score.json");
    }

    private String written() throws IOException {
        return Files.readString(Report.write(dir, none()));
    }

    /** The page without what is in its scripts. */
    private static String body(String page) {
        return SCRIPT.matcher(page).replaceAll("");
    }

    private static JsonObject json(String page) {
        Matcher scripts = SCRIPT.matcher(page);
        return JsonParser.parseString(scripts.results()
                        .filter(found -> found.group(1).contains("application/json"))
                        .map(MatchResult::group)
                        .map(script -> script.replaceAll("</?script[^>]*>", ""))
                        .findFirst()
                        .orElseThrow())
                .getAsJsonObject();
    }

    private static int marks(JsonArray facets, String outcome) {
        int marks = 0;
        for (JsonElement facet : facets) {
            marks += facet.getAsJsonObject().getAsJsonArray(outcome).size();
        }
        return marks;
    }
}
